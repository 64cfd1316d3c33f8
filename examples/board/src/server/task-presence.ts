/** Who has a task open, and where each of them is in its comments. */

import { defineChannel, inject } from '@mizan/server'
import { mayRead } from './access.ts'
import { Db } from './database.ts'

/** Where somebody points: parts of the width and height of the comments, from 0 to 1; gone when absent. */
export interface TaskCursor {
  /** Of the person, as `presence` tells it; the server fills it in. */
  personId: string
  at?: { x: number; y: number }
  /** They are writing. */
  isTyping: boolean
}

export const taskChannel = defineChannel<{ taskId: number }, TaskCursor>('task', {
  join: async (principal, { taskId }) => mayRead(inject(Db), Number(principal.id), taskId),
  send: true,
  // Nobody points in another's name.
  receive: (cursor, { principal }) =>
    principal && isWithin(cursor) ? { ...cursor, personId: principal.id } : undefined,
  presence: (principal) => ({ personId: principal?.id ?? '' }),
})

function isWithin({ at }: TaskCursor): boolean {
  return at === undefined || (at.x >= 0 && at.x <= 1 && at.y >= 0 && at.y <= 1)
}
