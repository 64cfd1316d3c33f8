/** What shows a project from outside: its workspace's page counts the tasks, its public page lists them. */

import { invalidate } from '@mizan/server'
import { PublicProjectContext, WorkspaceContext } from './contexts.ts'

/** The part of a project by which its overviews are found. */
export interface ProjectPlace {
  readonly workspaceId: number
  readonly slug: string
  readonly isPublic: boolean
}

/*
 * Neither context has `projectId` as a param, so that `affects` would reach every workspace and every public page: a function
 * that knows which one it means says so.
 */

/** For a change of how many tasks there are or are done, and of what the workspace says about the project. */
export function invalidateWorkspace({ workspaceId }: Pick<ProjectPlace, 'workspaceId'>): void {
  invalidate(WorkspaceContext, { workspaceId })
}

/** For a change of titles, columns or order, which is all that the public page shows of tasks. */
export function invalidatePublicPage({
  slug,
  isPublic,
}: Pick<ProjectPlace, 'slug' | 'isPublic'>): void {
  if (isPublic) invalidate(PublicProjectContext, { slug })
}
