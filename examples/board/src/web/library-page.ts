/** What the pages in other libraries begin with. */

import type { LibraryPageData } from '../server/library-document.ts'
import { type BoardKernel, createBoardKernel } from './create-board-kernel.ts'

/** The data that came with the document, and a kernel that has it at hand. */
export function openLibraryPage(): BoardKernel & { readonly page: LibraryPageData } {
  // cast: libraryDocument() wrote it.
  const page = JSON.parse(document.getElementById('page')?.textContent ?? '') as LibraryPageData
  return { page, ...createBoardKernel(page.state) }
}
