/** What runs now, and what has taken long. */

import { devLists } from '../dev-lists.ts'
import type { QueryList } from '../engine.ts'
import { hrefOf, markup } from '../html.ts'
import { alertOf, tableOf } from '../layout.ts'
import { messageOf } from '../message-of.ts'
import type { StudioPage } from '../place.ts'
import { readOnly } from '../read-only.ts'

export const queriesPage: StudioPage = async (place) => {
  const lists: (QueryList | string)[] = []
  for (const query of place.engine.queries)
    lists.push(await readOnly(place, query).catch(messageOf))
  if (place.root !== undefined) lists.unshift(...(await devLists(place.root)))
  return {
    title: 'Queries',
    body: markup`<p><a href="/queries">Look again</a></p>
      ${lists.map((list) => {
        if (typeof list === 'string') return alertOf(list)
        const { title, columns, rows, note } = list
        const last = columns.length - 1
        return markup` ${
          rows.length > 0 &&
          tableOf(
            title,
            [...columns, ''],
            rows.map((row) => [
              ...row,
              markup`<a href="${hrefOf('/explain', { sql: row[last] ?? '' })}">Explain</a>`,
            ]),
          )
        }
        ${note !== undefined && markup`<p>${title}: ${note}.</p>`}`
      })}`,
  }
}
