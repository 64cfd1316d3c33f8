/** All tables, with what they are made of. */

import { introspectDatabase } from '@mizan/db/migrate'
import { markup } from '../html.ts'
import { tableLink, tableOf } from '../layout.ts'
import type { StudioPage } from '../place.ts'

export const tablesPage: StudioPage = async ({ dialect }) => {
  const { tables, objects = {} } = await introspectDatabase(dialect)
  const all = Object.values(tables)
  const rows = all.map((table) => [
    tableLink(table.name),
    String(table.columns.length),
    table.primaryKey.join(', '),
    markup`${table.foreignKeys.map((key, index) => markup`${index === 0 ? '' : ', '}${tableLink(key.table)}`)}`,
    String(table.indexes.length + table.uniques.length),
    table.comment ?? '',
  ])
  const others = Object.values(objects).map(({ kind, name, table }) => [kind, name, table ?? ''])
  return {
    title: 'Tables',
    body: markup` ${
      rows.length === 0
        ? markup`<p>This database has no tables; <code>mizan db migrate latest</code> makes them.</p>`
        : tableOf(
            `${rows.length} tables`,
            ['table', 'columns', 'primary key', 'refers to', 'indexes', 'comment'],
            rows,
          )
    }
    ${others.length > 0 && tableOf('What is carried, not declared', ['kind', 'name', 'of table'], others)}`,
  }
}
