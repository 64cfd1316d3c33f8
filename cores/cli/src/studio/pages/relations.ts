/** Tables and what refers to what, drawn; and the same as a list. */

import { introspectDatabase } from '@mizan/db/migrate'
import { hrefOf, type Html, markup } from '../html.ts'
import { tableLink, tableOf } from '../layout.ts'
import type { StudioPage } from '../place.ts'
import { layOut, type Picture } from '../relations-layout.ts'

export const relationsPage: StudioPage = async ({ dialect }) => {
  const { tables } = await introspectDatabase(dialect)
  const picture = layOut(Object.values(tables))
  const rows = picture.relations.map(({ from, to, key }) => [
    tableLink(from),
    key.columns.join(', '),
    tableLink(to),
    key.references.join(', '),
    key.onDelete,
    key.onUpdate,
  ])
  return {
    title: 'Relations',
    body: markup` <div class="wide" role="region" tabindex="0" aria-label="Picture of the relations">
        ${draw(picture)}
      </div>
      <h2>As a list</h2>
      ${tableOf(`${rows.length} relations`, ['table', 'columns', 'refers to', 'columns', 'on delete', 'on update'], rows)}`,
  }
}

function draw({ width, height, tables, relations }: Picture): Html {
  return markup`<svg
    xmlns="http://www.w3.org/2000/svg"
    width="${width}"
    height="${height}"
    viewBox="0 0 ${width} ${height}"
    role="group"
    aria-labelledby="picture"
  >
    <title id="picture">
      ${tables.length} tables and ${relations.length} relations, which stand as a list below
    </title>
    <defs>
      <marker
        id="to"
        viewBox="0 0 8 8"
        refX="8"
        refY="4"
        markerWidth="8"
        markerHeight="8"
        orient="auto"
      >
        <path d="M 0 0 L 8 4 L 0 8" />
      </marker>
    </defs>
    <g aria-hidden="true">
      ${relations.map(
        ({ from, to, key, path }) =>
          markup`<path d="${path}" marker-end="url(#to)"
            ><title>
              ${from}.${key.columns.join(', ')} → ${to}.${key.references.join(', ')}
            </title></path
          > `,
      )}
    </g>
    ${tables.map(
      ({ name, columns, x, y, width: own, height: tall }) =>
        markup`<a href="${hrefOf('/table', { name })}">
          <rect x="${x}" y="${y}" width="${own}" height="${tall}" rx="4" />
          <text class="name" x="${x + 8}" y="${y + 18}">${cut(name)}</text>
          ${columns.map((column, index) => markup`<text x="${x + 8}" y="${y + 18 * (index + 2)}" aria-hidden="true">${cut(column)}</text>`)}
        </a> `,
    )}
  </svg>`
}

/** As much of a name as a box has room for. */
function cut(name: string): string {
  return name.length > 28 ? `${name.slice(0, 27)}…` : name
}
