/** The frame of every page of the studio. */

import { hrefOf, type Html, markup } from './html.ts'
import { style } from './style.ts'

const places = [
  ['/', 'Tables'],
  ['/relations', 'Relations'],
  ['/migrations', 'Migrations'],
  ['/drift', 'Drift'],
  ['/queries', 'Queries'],
  ['/explain', 'Explain'],
] as const

/** What a page shows. */
export interface PageContent {
  readonly title: string
  readonly body: Html
  /** @default 200 */
  readonly status?: number
}

/** The whole document; `nonce` lets its own style in, and nothing else. */
export function documentOf(
  { title, body }: PageContent,
  { nonce, path }: { readonly nonce: string; readonly path: string },
): Html {
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Mizan studio</title>
        <style nonce="${nonce}">
          ${style}
        </style>
      </head>
      <body>
        <a class="skip" href="#content">Skip to the content</a>
        <header>
          <strong>Mizan studio</strong> <small>reads only</small>
          <nav aria-label="Studio">
            <ul>
              ${places.map(
                ([href, name]) =>
                  markup`<li>
                    <a href="${href}" ${href === path ? markup` aria-current="page"` : ''}>${name}</a>
                  </li>`,
              )}
            </ul>
          </nav>
        </header>
        <main id="content" tabindex="-1">
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `
}

/** A problem, in the place of what was asked for. */
export function alertOf(text: string): Html {
  return markup`<p role="alert" class="alert">${text}</p>`
}

/** A table with a caption; a column header for each name. */
export function tableOf(
  caption: string,
  columns: readonly string[],
  rows: readonly (readonly (Html | string | null)[])[],
): Html {
  // Wide tables scroll by keyboard, too.
  return markup`<div class="wide" role="region" tabindex="0" aria-label="${caption}">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map((name) => markup`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            markup`<tr>
              ${row.map((cell) => markup`<td>${cell ?? markup`<i>null</i>`}</td>`)}
            </tr> `,
        )}
      </tbody>
    </table>
  </div>`
}

/** A link to the rows of a table. */
export function tableLink(name: string): Html {
  return markup`<a href="${hrefOf('/table', { name })}">${name}</a>`
}
