/** Who may do what: every function that touches a workspace asks here first. */

import { MizanError } from '@mizan/protocol'
import { getPrincipal } from '@mizan/server'
import { hasRole, type Role } from '../model.ts'
import type { BoardDatabase } from './database.ts'

/** What the caller may do in a workspace. */
export interface WorkspaceAccess {
  readonly personId: number
  readonly workspaceId: number
  readonly role: Role
}

/** What the caller may do in a project. */
export interface ProjectAccess extends WorkspaceAccess {
  readonly projectId: number
}

/**
 * The caller's person id; reading it makes the run private to them.
 *
 * @throws MizanError `UNAUTHORIZED` for an anonymous caller
 */
export function requirePerson(): number {
  const principal = getPrincipal()
  if (principal === undefined) throw new MizanError('UNAUTHORIZED', 'Sign in to see this')
  return Number(principal.id)
}

/**
 * @throws MizanError `UNAUTHORIZED`, `NOT_FOUND` for those who are not members (they learn nothing), `FORBIDDEN` for
 *   members whose role is too small
 */
export async function requireWorkspace(
  db: BoardDatabase,
  workspaceId: number,
  needed: Role = 'viewer',
): Promise<WorkspaceAccess> {
  const personId = requirePerson()
  const row = await db
    .selectFrom('members')
    .select('role')
    .where('workspaceId', '=', workspaceId)
    .where('personId', '=', personId)
    .executeTakeFirst()
  if (row === undefined) throw new MizanError('NOT_FOUND', 'There is no such workspace among yours')
  return { personId, workspaceId, role: requireRole(row.role, needed) }
}

/** @throws MizanError as {@link requireWorkspace} */
export async function requireProject(
  db: BoardDatabase,
  projectId: number,
  needed: Role = 'viewer',
): Promise<ProjectAccess> {
  const personId = requirePerson()
  const row = await db
    .selectFrom('projects')
    .innerJoin('members', 'members.workspaceId', 'projects.workspaceId')
    .select(['projects.workspaceId', 'members.role'])
    .where('projects.id', '=', projectId)
    .where('members.personId', '=', personId)
    .executeTakeFirst()
  if (row === undefined) throw new MizanError('NOT_FOUND', 'There is no such project among yours')
  const { workspaceId, role } = row
  return { personId, workspaceId, projectId, role: requireRole(role, needed) }
}

/** The project of a task that the caller may see. @throws MizanError as {@link requireWorkspace} */
export async function requireTask(db: BoardDatabase, taskId: number): Promise<ProjectAccess> {
  requirePerson()
  const row = await db
    .selectFrom('tasks')
    .select('projectId')
    .where('id', '=', taskId)
    .executeTakeFirst()
  if (row === undefined) throw noSuchTask()
  try {
    return await requireProject(db, row.projectId)
  } catch (error) {
    // The same words whether the task does not exist or is somebody else's.
    throw error instanceof MizanError && error.code === 'NOT_FOUND' ? noSuchTask() : error
  }
}

/** Whether somebody may see a task. */
export async function mayRead(
  db: BoardDatabase,
  personId: number,
  taskId: number,
): Promise<boolean> {
  const row = await db
    .selectFrom('tasks')
    .innerJoin('projects', 'projects.id', 'tasks.projectId')
    .innerJoin('members', 'members.workspaceId', 'projects.workspaceId')
    .select('tasks.id')
    .where('tasks.id', '=', taskId)
    .where('members.personId', '=', personId)
    .executeTakeFirst()
  return row !== undefined
}

/** What a task that is not there, or not the caller's, answers. */
export function noSuchTask(): MizanError {
  return new MizanError('NOT_FOUND', 'There is no such task among yours')
}

function requireRole(own: Role, needed: Role): Role {
  if (hasRole(own, needed)) return own
  throw new MizanError('FORBIDDEN', `This needs the role ${needed}; you are a ${own} here`)
}
