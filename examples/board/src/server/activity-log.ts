/** Writes what happened to a task, and tells the public page where there is one. */

import { invalidate } from '@mizan/server'
import type { ActivityKind } from '../model.ts'
import type { ProjectAccess } from './access.ts'
import { PublicProjectContext, WorkspaceContext } from './contexts.ts'
import type { BoardDatabase } from './database.ts'

export interface Happening {
  readonly kind: ActivityKind
  readonly taskId: number | null
  /** The task's title. */
  readonly subject: string
  readonly detail?: string | null
}

/** The part of {@link ProjectAccess} that a log entry needs; `personId` is null where nobody is signed in. */
export type LogPlace = Pick<ProjectAccess, 'projectId' | 'workspaceId' | 'slug' | 'isPublic'> & {
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

/** For changes that others count or publish: the workspace's progress bars and the public page. */
export function invalidateOverviews(place: LogPlace): void {
  invalidate(WorkspaceContext, { workspaceId: place.workspaceId })
  if (place.isPublic) invalidate(PublicProjectContext, { slug: place.slug })
}
