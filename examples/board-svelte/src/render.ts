/** The page on the server, after what it shows was loaded. */

import { render as renderSvelte } from 'svelte/server'
import { fetchGlobalContext, fetchProjectContext } from '../../board/mizan/client.gen.ts'
import { libraryDocument } from '../../board/src/server/library-document.ts'
import { createLibraryKernel } from '../../board/src/server/library-kernel.ts'
import type { LibraryRequest } from '../../board/src/server/library-pages.ts'
import App from './App.svelte'

export async function render(request: LibraryRequest): Promise<string> {
  const { projectId, token, returned } = request
  const kernel = createLibraryKernel(request)
  await Promise.all([
    fetchGlobalContext({}, { kernel }),
    fetchProjectContext({ projectId }, { kernel }),
  ])
  const page = { projectId, token, returned }
  const { head, body } = await renderSvelte(App, { props: { kernel, page } })
  const data = { ...page, state: kernel.dehydrate() }
  return libraryDocument({ library: 'svelte', title: 'Board in Svelte', head, body, data })
}
