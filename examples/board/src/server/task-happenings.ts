/** From the fields that changed to the lines that the activity shows. */

import type { Happening } from './activity-log.ts'
import type { Task, TaskColumns } from './tasks.ts'

/** @param assignee the new assignee's name, where there is one */
export function toHappenings(before: Task, set: TaskColumns, assignee: string | null): Happening[] {
  const { id: taskId } = before
  const subject = set.title ?? before.title
  const happenings: Happening[] = []
  if (set.title !== undefined)
    happenings.push({ kind: 'renamed', taskId, subject, detail: before.title })
  if (set.status !== undefined)
    happenings.push({ kind: 'moved', taskId, subject, detail: set.status })
  if (set.assigneeId !== undefined)
    happenings.push({ kind: 'assigned', taskId, subject, detail: assignee })
  if (set.priority !== undefined) {
    happenings.push({ kind: 'prioritised', taskId, subject, detail: set.priority })
  }
  if (set.dueOn !== undefined)
    happenings.push({ kind: 'scheduled', taskId, subject, detail: set.dueOn })
  if (set.body !== undefined) happenings.push({ kind: 'described', taskId, subject })
  return happenings
}
