/** What is shown of an error: the message of what the data core, the database or the studio itself refuses. */

import { DbError } from '@mizan/db'
import { StudioRefusal } from './engine.ts'

/** @throws what nobody expected */
export function messageOf(error: unknown): string {
  if (error instanceof DbError || error instanceof StudioRefusal) return error.message
  throw error
}
