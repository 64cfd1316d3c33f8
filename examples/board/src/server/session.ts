/** Who is here: the signed-in person, their workspaces, and signing in and out. */

import { MizanError } from '@mizan/protocol'
import { client, getPrincipal, GlobalContext, inject, signIn, signOut } from '@mizan/server'
import type { Role } from '../model.ts'
import { DirectoryContext } from './contexts.ts'
import { Db } from './database.ts'

/** A person as others see them. */
export interface Person {
  id: number
  name: string
  title: string
  /** Degrees on the colour wheel, for the avatar. */
  hue: number
}

/** The signed-in person. */
export interface CurrentUser extends Person {
  email: string
  staff: boolean
}

/** A project in the navigation. */
export interface ProjectLink {
  id: number
  name: string
}

/** A workspace in the navigation. */
export interface WorkspaceLink {
  id: number
  name: string
  role: Role
  projects: ProjectLink[]
}

export class Session {
  readonly #db = inject(Db)

  /** The signed-in person; null for a visitor. */
  @client({ context: GlobalContext })
  async currentUser(): Promise<CurrentUser | null> {
    const principal = getPrincipal()
    if (principal === undefined) return null
    const person = await this.#db
      .selectFrom('people')
      .select(['id', 'name', 'title', 'hue', 'email', 'staff'])
      .where('id', '=', Number(principal.id))
      .executeTakeFirst()
    return person ?? null
  }

  /** The caller's workspaces and their projects, by name; none for a visitor. */
  @client({ context: GlobalContext })
  async myWorkspaces(): Promise<WorkspaceLink[]> {
    const principal = getPrincipal()
    if (principal === undefined) return []
    const rows = await this.#db
      .selectFrom('members')
      .innerJoin('workspaces', 'workspaces.id', 'members.workspaceId')
      .leftJoin('projects', 'projects.workspaceId', 'workspaces.id')
      .select([
        'workspaces.id',
        'workspaces.name',
        'members.role',
        'projects.id as projectId',
        'projects.name as projectName',
      ])
      .where('members.personId', '=', Number(principal.id))
      .orderBy('workspaces.name')
      .orderBy('projects.name')
      .execute()
    const workspaces = new Map<number, WorkspaceLink>()
    for (const row of rows) {
      const { id, name, role, projectId, projectName } = row
      const workspace = workspaces.get(id) ?? { id, name, role, projects: [] }
      workspaces.set(id, workspace)
      if (projectId !== null && projectName !== null) {
        workspace.projects.push({ id: projectId, name: projectName })
      }
    }
    return [...workspaces.values()]
  }

  /** Whom one can sign in as. The board is an example: there are no passwords. */
  @client({ context: DirectoryContext })
  async signInChoices(): Promise<Person[]> {
    return this.#db
      .selectFrom('people')
      .select(['id', 'name', 'title', 'hue'])
      .orderBy('id')
      .execute()
  }

  /** Starts a session as one of the seeded people. Affects nothing: the page forgets all that the former person saw. */
  @client
  async signIn(personId: number): Promise<void> {
    const person = await this.#db
      .selectFrom('people')
      .select('id')
      .where('id', '=', personId)
      .executeTakeFirst()
    if (person === undefined) throw new MizanError('NOT_FOUND', 'There is nobody with this id')
    await signIn(String(person.id))
  }

  @client
  async signOut(): Promise<void> {
    await signOut()
  }
}
