/** The page of a published project: for everybody, so nothing here may ask who is reading. */

import { MizanError } from '@mizan/protocol'
import { client, inject, view } from '@mizan/server'
import { renderDocument, Renderer } from '@mizan/ssr'
import type { Status } from '../model.ts'
import { PublicProjectContext } from './contexts.ts'
import { Db } from './database.ts'

/** A task without the people. */
export interface PublicTask {
  id: number
  title: string
  status: Status
}

export interface PublicProjectView {
  name: string
  summary: string
  workspaceName: string
  tasks: PublicTask[]
}

export class PublicProject {
  readonly #db = inject(Db)
  readonly #renderer = inject(Renderer)

  /** @throws MizanError `NOT_FOUND` for a project that is not published, as for one that does not exist */
  @client({ context: PublicProjectContext, cache: { ttl: 300 } })
  async publicProject(slug: string): Promise<PublicProjectView> {
    const project = await this.#db
      .selectFrom('projects')
      .innerJoin('workspaces', 'workspaces.id', 'projects.workspaceId')
      .select([
        'projects.id',
        'projects.name',
        'projects.summary',
        'workspaces.name as workspaceName',
      ])
      .where('projects.slug', '=', slug)
      .where('projects.isPublic', '=', true)
      .executeTakeFirst()
    if (project === undefined)
      throw new MizanError('NOT_FOUND', 'There is no public project of this name')
    const tasks = await this.#db
      .selectFrom('tasks')
      .select(['id', 'title', 'status'])
      .where('projectId', '=', project.id)
      .orderBy('status')
      .orderBy('position')
      .orderBy('id')
      .execute()
    const { name, summary, workspaceName } = project
    return { name, summary, workspaceName, tasks }
  }

  /** The same as a page, rendered on the server. */
  @client({ context: PublicProjectContext, route: '/p/:slug/' })
  async projectPage(slug: string): Promise<Response> {
    const project = await this.publicProject(slug)
    return view(renderDocument(await this.#renderer.render('PublicProjectPage', { project })))
  }
}
