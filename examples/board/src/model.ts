/** Words of the board that server and pages share; nothing here knows either of them. */

export const statuses = ['todo', 'doing', 'review', 'done'] as const
/** Where a task stands; also the columns of the board, in this order. */
export type Status = (typeof statuses)[number]

export const priorities = ['low', 'normal', 'high', 'urgent'] as const
export type Priority = (typeof priorities)[number]

export const roles = ['viewer', 'member', 'admin'] as const
/** What a person may do in a workspace: read; read and edit; everything. Each includes the one before it. */
export type Role = (typeof roles)[number]

export const activityKinds = [
  'created',
  'imported',
  'moved',
  'renamed',
  'assigned',
  'prioritised',
  'scheduled',
  'described',
  'commented',
  'attached',
  'deleted',
] as const
/** What happened to a task. */
export type ActivityKind = (typeof activityKinds)[number]

export const statusLabels: Readonly<Record<Status, string>> = Object.freeze({
  todo: 'To do',
  doing: 'In progress',
  review: 'In review',
  done: 'Done',
})

export const priorityLabels: Readonly<Record<Priority, string>> = Object.freeze({
  low: 'Low',
  normal: 'Normal',
  high: 'High',
  urgent: 'Urgent',
})

/** Characters. */
export const maximumTitle = 200
/** Characters, for descriptions and comments. */
export const maximumText = 5000

/** Bytes of one attachment. */
export const maximumAttachment = 1_000_000

/** Whether `role` may do what `needed` may do. */
export function hasRole(role: Role, needed: Role): boolean {
  return roles.indexOf(role) >= roles.indexOf(needed)
}
