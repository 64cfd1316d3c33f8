/** The main page in other libraries, rendered on the server: `/with/vue/projects/1/`. */

import { MizanError } from '@mizan/protocol'
import {
  client,
  defineToken,
  getFormState,
  getFormToken,
  getPrincipal,
  getRequest,
  inject,
  redirect,
  type Token,
  view,
} from '@mizan/server'
import { requireProject } from './access.ts'
import { Db } from './database.ts'

/** What a page is rendered from. */
export interface LibraryPageProps {
  readonly projectId: number
  /** `getFormToken()`: what a form without a script sends. */
  readonly token: string
  /** `getFormState('create_task')` as JSON. */
  readonly returned: unknown
}

/** How the board in one library is rendered. */
export interface LibraryRequest extends LibraryPageProps {
  /** Of the visitor, so that the page is theirs. */
  readonly cookie: string
  /** Where the board's own server answers. */
  readonly origin: string
}

/** One library: how its page is rendered, and where its scripts are. */
export interface Library {
  /** @returns a whole document */
  render(request: LibraryRequest): Promise<string>
  /** Folder of the built scripts and styles, served at `/library/<name>/`. */
  readonly assets: string
}

/** Renders with the library of this name; undefined when there is none. */
export type RenderLibrary = (
  name: string,
  request: Omit<LibraryRequest, 'origin'>,
) => Promise<string> | undefined

export const Libraries: Token<RenderLibrary> = defineToken<RenderLibrary>('Libraries')

export class LibraryPages {
  readonly #db = inject(Db)
  readonly #render = inject(Libraries)

  /** A visitor is led to the sign-in page. */
  @client({ route: '/with/:library/projects/:projectId/', methods: ['GET'] })
  async libraryPage(library: string, projectId: number): Promise<Response> {
    if (getPrincipal() === undefined) return redirect('/')
    await requireProject(this.#db, projectId)
    const cookie = getRequest().header('cookie') ?? ''
    const page = this.#render(library, {
      projectId,
      cookie,
      token: getFormToken(),
      returned: JSON.parse(JSON.stringify(getFormState('create_task') ?? null)),
    })
    if (page === undefined) throw new MizanError('NOT_FOUND', 'The board is not built with this')
    return view(await page)
  }
}
