/** A workspace's page: its projects with their progress, and its people. */

import { MizanError } from '@mizan/protocol'
import { client, inject } from '@mizan/server'
import type { Role } from '../model.ts'
import { requireWorkspace } from './access.ts'
import { WorkspaceContext } from './contexts.ts'
import { type BoardDatabase, Db } from './database.ts'
import type { Person } from './session.ts'
import { requireText } from './text.ts'

export interface WorkspaceDetail {
  id: number
  name: string
  /** The caller's. */
  role: Role
}

export interface ProjectSummary {
  id: number
  name: string
  summary: string
  isPublic: boolean
  /** Tasks in all. */
  total: number
  done: number
}

export interface Member extends Person {
  role: Role
}

export class Workspaces {
  readonly #db = inject(Db)

  @client({ context: WorkspaceContext })
  async workspaceDetail(workspaceId: number): Promise<WorkspaceDetail> {
    const { role } = await requireWorkspace(this.#db, workspaceId)
    const { name } = await this.#db
      .selectFrom('workspaces')
      .select('name')
      .where('id', '=', workspaceId)
      .executeTakeFirstOrThrow()
    return { id: workspaceId, name, role }
  }

  @client({ context: WorkspaceContext })
  async workspaceProjects(workspaceId: number): Promise<ProjectSummary[]> {
    await requireWorkspace(this.#db, workspaceId)
    return this.#db
      .selectFrom('projects')
      .leftJoin('tasks', 'tasks.projectId', 'projects.id')
      .select(['projects.id', 'projects.name', 'projects.summary', 'projects.isPublic'])
      .select((eb) => [
        eb.cast<number>(eb.fn.count('tasks.id'), 'integer').as('total'),
        eb
          .cast<number>(eb.fn.count('tasks.id').filterWhere('tasks.status', '=', 'done'), 'integer')
          .as('done'),
      ])
      .where('projects.workspaceId', '=', workspaceId)
      .groupBy('projects.id')
      .orderBy('projects.name')
      .execute()
  }

  @client({ context: WorkspaceContext })
  async workspaceMembers(workspaceId: number): Promise<Member[]> {
    await requireWorkspace(this.#db, workspaceId)
    return membersOf(this.#db, workspaceId)
  }

  /** Renames a workspace; for the people who run the installation. */
  @client({ auth: 'staff' })
  async renameWorkspace(workspaceId: number, name: string): Promise<void> {
    const text = requireText(name, { path: 'name', maximum: 120 })
    const changed = await this.#db
      .updateTable('workspaces')
      .set({ name: text })
      .where('id', '=', workspaceId)
      .returning('id')
      .executeTakeFirst()
    if (changed === undefined) throw new MizanError('NOT_FOUND', 'There is no such workspace')
  }
}

/** The people of a workspace, by name. */
export async function membersOf(db: BoardDatabase, workspaceId: number): Promise<Member[]> {
  return db
    .selectFrom('members')
    .innerJoin('people', 'people.id', 'members.personId')
    .select(['people.id', 'people.name', 'people.title', 'people.hue', 'members.role'])
    .where('members.workspaceId', '=', workspaceId)
    .orderBy('people.name')
    .execute()
}
