/** The page on the server: it waits for what its composables show. */

import { createMizan } from '@mizan/vue'
import { createSSRApp } from 'vue'
import { renderToString } from 'vue/server-renderer'
import { libraryDocument } from '../../board/src/server/library-document.ts'
import { createLibraryKernel } from '../../board/src/server/library-kernel.ts'
import type { LibraryRequest } from '../../board/src/server/library-pages.ts'
import App from './App.vue'

export async function render(request: LibraryRequest): Promise<string> {
  const { projectId, token, returned } = request
  const kernel = createLibraryKernel(request)
  const page = { projectId, token, returned }
  const app = createSSRApp(App, { page }).use(createMizan(kernel, { serverPrefetch: true }))
  const body = await renderToString(app)
  const data = { ...page, state: kernel.dehydrate() }
  return libraryDocument({ library: 'vue', title: 'Board in Vue', body, data })
}
