/** The board's pages: rendered on the server with what they show, so that the browser asks for nothing when it takes over. */

import { MizanError } from '@mizan/protocol'
import {
  client,
  defineToken,
  getFormState,
  getFormToken,
  getPrincipal,
  getRequest,
  GlobalContext,
  inject,
  type Token,
  view,
} from '@mizan/server'
import { type PageContext, renderDocument, renderPage } from '@mizan/ssr'
import { DirectoryContext, ProjectContext, TaskContext, WorkspaceContext } from './contexts.ts'
import { Db } from './database.ts'
import type { BuiltPage } from './read-built-page.ts'

/** What the build made of the page; null where Vite serves it. */
export const BoardFiles: Token<BuiltPage | null> = defineToken<BuiltPage | null>('BoardFiles')

export class BoardPages {
  readonly #db = inject(Db)
  readonly #files = inject(BoardFiles)

  @client({ route: '/', methods: ['GET'] })
  async homePage(): Promise<Response> {
    const principal = getPrincipal()
    const first = await this.#db
      .selectFrom('members')
      .innerJoin('workspaces', 'workspaces.id', 'members.workspaceId')
      .select('workspaces.id')
      .where('members.personId', '=', Number(principal?.id ?? 0))
      .orderBy('workspaces.name')
      .executeTakeFirst()
    return this.#render(first ? [[WorkspaceContext, { workspaceId: first.id }]] : [])
  }

  @client({ route: '/workspaces/:workspaceId/', methods: ['GET'] })
  workspacePage(workspaceId: string): Promise<Response> {
    return this.#render([[WorkspaceContext, { workspaceId: Number(workspaceId) }]])
  }

  @client({ route: '/projects/:projectId/', methods: ['GET'] })
  projectBoardPage(projectId: string): Promise<Response> {
    return this.#render([[ProjectContext, { projectId: Number(projectId) }]])
  }

  @client({ route: '/projects/:projectId/tasks/:taskId/', methods: ['GET'] })
  taskPage(projectId: string, taskId: string): Promise<Response> {
    return this.#render([
      [ProjectContext, { projectId: Number(projectId) }],
      [TaskContext, { taskId: Number(taskId) }],
    ])
  }

  async #render(contexts: readonly PageContext[]): Promise<Response> {
    if (this.#files === null) throw new MizanError('NOT_FOUND', 'The pages are not built')
    const start = {
      path: getRequest().path,
      now: Date.now(),
      token: getFormToken(),
      returned: JSON.parse(JSON.stringify(getFormState('create_task') ?? null)),
    }
    const document = {
      ...this.#files,
      meta: [
        { name: 'color-scheme', content: 'light dark' },
        { name: 'description', content: 'A team task board.' },
        { name: 'board-start', content: JSON.stringify(start) },
      ],
    }
    const shown = getPrincipal() === undefined ? [DirectoryContext] : contexts
    try {
      return await renderPage('BoardPage', [GlobalContext, ...shown], { ...document, props: start })
    } catch (error) {
      // What is missing, or why, the page says in its own words; and it works without having been rendered.
      const status = error instanceof MizanError && error.code === 'NOT_FOUND' ? 404 : 200
      const nothing = { title: 'Board', html: '', head: '', state: { contexts: [] } }
      return view(renderDocument({ ...document, ...nothing }), { status })
    }
  }
}
