/** What the pages in other libraries begin with. */

import type { Kernel } from '@mizan/base'
import type { LibraryPageData } from '../server/library-document.ts'
import { createBoardKernel } from './create-board-kernel.ts'

/** The data that came with the document, and a kernel that has it at hand. */
export function openLibraryPage(): { readonly page: LibraryPageData; readonly kernel: Kernel } {
  // cast: libraryDocument() wrote it.
  const page = JSON.parse(document.getElementById('page')?.textContent ?? '') as LibraryPageData
  return { page, kernel: createBoardKernel(page.state).kernel }
}
