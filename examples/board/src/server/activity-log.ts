/** Writes down what happened to a task. */

import type { ActivityKind } from '../model.ts'
import type { BoardDatabase } from './database.ts'

export interface Happening {
  readonly kind: ActivityKind
  readonly taskId: number | null
  /** The task's title. */
  readonly subject: string
  readonly detail?: string | null
}

/** Where it happened, and who did it; null where nobody is signed in. */
export interface LogPlace {
  readonly projectId: number
  readonly personId: number | null
}

export async function log(db: BoardDatabase, place: LogPlace, happening: Happening): Promise<void> {
  await db
    .insertInto('activity')
    .values({
      projectId: place.projectId,
      taskId: happening.taskId,
      actorId: place.personId,
      kind: happening.kind,
      subject: happening.subject,
      detail: happening.detail ?? null,
    })
    .execute()
}
