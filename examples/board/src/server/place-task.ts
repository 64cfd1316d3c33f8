/** Finds the position for a card in its column; numbers the column anew where there is no room left. */

import type { Status } from '../model.ts'
import type { BoardDatabase } from './database.ts'
import { positionBetween, positionStep } from './position.ts'

/** Where a card goes. */
export interface Place {
  readonly projectId: number
  readonly status: Status
  /** The card itself, which does not count as a neighbour. */
  readonly taskId: number
  /** The card that comes after it; null for the end. */
  readonly beforeTaskId: number | null
}

export async function endOfColumn(
  db: BoardDatabase,
  projectId: number,
  status: Status,
): Promise<number> {
  const last = await db
    .selectFrom('tasks')
    .select('position')
    .where('projectId', '=', projectId)
    .where('status', '=', status)
    .orderBy('position', 'desc')
    .limit(1)
    .executeTakeFirst()
  return (last?.position ?? 0) + positionStep
}

/** The position before the named card; at the end when that card has gone from the column meanwhile. */
export async function positionBefore(db: BoardDatabase, place: Place): Promise<number> {
  const column = await db
    .selectFrom('tasks')
    .select(['id', 'position'])
    .where('projectId', '=', place.projectId)
    .where('status', '=', place.status)
    .where('id', '!=', place.taskId)
    .orderBy('position')
    .orderBy('id')
    .execute()
  const found = column.findIndex((task) => task.id === place.beforeTaskId)
  const index = found === -1 ? column.length : found
  const position = positionBetween(column[index - 1]?.position, column[index]?.position)
  if (position !== undefined) return position
  for (const [at, task] of column.entries()) {
    const room = (at < index ? at : at + 1) + 1
    await db
      .updateTable('tasks')
      .set({ position: room * positionStep })
      .where('id', '=', task.id)
      .execute()
  }
  return (index + 1) * positionStep
}
