/** The document around a page that a library rendered. */

import type { KernelState } from '@mizan/base'
import type { LibraryPageProps } from './library-pages.ts'

/** What the scripts of such a page read first. */
export interface LibraryPageData extends LibraryPageProps {
  readonly state: KernelState
}

/** What stands in the document. */
export interface LibraryDocument {
  /** As in its path: `vue`. */
  readonly library: string
  readonly title: string
  /** What the library rendered; `head` where it has something to say there. */
  readonly body: string
  readonly head?: string
  readonly data: LibraryPageData
}

export function libraryDocument(page: LibraryDocument): string {
  const { library, title, body, head = '', data } = page
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/library/${library}/client.css">
${head}</head>
<body>
<div id="root">${body}</div>
<script type="application/json" id="page">${JSON.stringify(data).replaceAll('<', '\\u003c')}</script>
<script type="module" src="/library/${library}/client.js"></script>
</body>
</html>`
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}
