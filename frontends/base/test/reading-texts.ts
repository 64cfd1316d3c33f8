/** What the parts of the reading page show. */

import type { TaskContextData, TaskContextParams } from './board-client.ts'

/** The text of the read. */
export function readText(status: string, title: string | undefined, isStale: boolean): string {
  return `${status} ${title ?? 'nothing'}${isStale ? ', stale' : ''}`
}

/** What the list shows. */
export interface ShownList {
  readonly status: string
  readonly pages: readonly TaskContextData[]
  readonly hasMore: boolean
  readonly hasPrevious: boolean
}

/** The text of the list. */
export function listText({ status, pages, hasMore, hasPrevious }: ShownList): string {
  const titles = pages.map(({ taskDetail }) => taskDetail.title)
  const ends = `${hasPrevious ? ', earlier' : ''}${hasMore ? ', more' : ''}`
  return `${status} ${titles.join() || 'nothing'}${ends}`
}

/** Task 6 is the last. */
export function nextTask({ taskDetail }: TaskContextData): Partial<TaskContextParams> | undefined {
  return taskDetail.id < 6 ? { taskId: taskDetail.id + 1 } : undefined
}

/** Task 5 is the first. */
export function previousTask({
  taskDetail,
}: TaskContextData): Partial<TaskContextParams> | undefined {
  return taskDetail.id > 5 ? { taskId: taskDetail.id - 1 } : undefined
}
