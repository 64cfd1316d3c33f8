/** What the parts of the reading page show. */

import type { TaskContextData, TaskContextParams } from './board-client.ts'

/** The text of the read. */
export function readText(status: string, title: string | undefined, isStale: boolean): string {
  return `${status} ${title ?? 'nothing'}${isStale ? ', stale' : ''}`
}

/** The text of the list. */
export function listText(
  status: string,
  pages: readonly TaskContextData[],
  hasMore: boolean,
): string {
  const titles = pages.map(({ taskDetail }) => taskDetail.title)
  return `${status} ${titles.join() || 'nothing'}${hasMore ? ', more' : ''}`
}

/** Task 6 is the last. */
export function nextTask({ taskDetail }: TaskContextData): Partial<TaskContextParams> | undefined {
  return taskDetail.id < 6 ? { taskId: taskDetail.id + 1 } : undefined
}
