/** What the pages in other libraries begin with. */

import {
  createKernel,
  focus,
  type Kernel,
  live,
  optimistic,
  retry,
  singleFlight,
  tabs,
} from '@mizan/base'
import type { LibraryPageData } from '../server/library-document.ts'
import { boardChanges } from './board-changes.ts'

/** The data that came with the document, and a kernel that has it at hand. */
export function openLibraryPage(): { readonly page: LibraryPageData; readonly kernel: Kernel } {
  // cast: libraryDocument() wrote it.
  const page = JSON.parse(document.getElementById('page')?.textContent ?? '') as LibraryPageData
  const { state } = page
  const layers = [live(), tabs(), focus(), retry(), optimistic(...boardChanges), singleFlight()]
  const kernel = createKernel({ state }, ...layers)
  return { page, kernel }
}
