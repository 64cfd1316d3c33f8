/** The rows of one table, page by page, filtered by one column. */

import type { ColumnSnapshot, RunSql, TableSnapshot } from '@mizan/db'
import { longest, StudioRefusal } from '../engine.ts'
import { hrefOf, type Html, markup } from '../html.ts'
import { tableOf } from '../layout.ts'
import type { StudioPage, StudioPlace } from '../place.ts'
import { readOnly } from '../read-only.ts'

const pageSize = 50
const lastPage = 20_000

const operators = [
  ['is', 'is'],
  ['contains', 'contains'],
  ['null', 'is null'],
  ['given', 'is not null'],
] as const

type Operator = (typeof operators)[number][0]

/** What is shown of a table. */
interface View {
  readonly table: TableSnapshot
  readonly page: number
  readonly column: ColumnSnapshot | undefined
  readonly operator: Operator
  readonly value: string
}

export const rowsPage: StudioPage = async (place, given) =>
  readOnly(place, async (run) => {
    const { tables } = await place.dialect.migrations.introspect(run)
    const view = viewOf(tables, given)
    const found = await run(...selectOf(view, place))
    const hasMore = found.length > pageSize
    const { table, page } = view
    return {
      title: `Table ${table.name}`,
      body: markup` ${filterForm(view)}
        ${tableOf(
          caption(view, found.length),
          table.columns.map(({ name }) => name),
          found.slice(0, pageSize).map((row) =>
            table.columns.map((column, index) => {
              const value = row[`c${index}`]
              return value === null || value === undefined
                ? null
                : cell(String(value), column, table)
            }),
          ),
        )}
        <nav aria-label="Pages">
          <p>
            ${page > 1 && markup`<a rel="prev" href="${hrefTo(view, page - 1)}">Previous page</a> `}
            ${hasMore && page < lastPage && markup`<a rel="next" href="${hrefTo(view, page + 1)}">Next page</a>`}
          </p>
        </nav>
        ${columnsOf(table)}`,
    }
  })

function viewOf(tables: Readonly<Record<string, TableSnapshot>>, given: URLSearchParams): View {
  const name = given.get('name') ?? ''
  const table = Object.hasOwn(tables, name) ? tables[name] : undefined
  if (table === undefined) throw new StudioRefusal(`There is no table "${name.slice(0, 80)}"`)
  const wanted = given.get('column') ?? ''
  const column = table.columns.find((one) => one.name === wanted)
  if (wanted !== '' && column === undefined)
    throw new StudioRefusal(`${name} has no column "${wanted.slice(0, 80)}"`)
  const asked = given.get('op') ?? 'is'
  const operator = operators.find(([id]) => id === asked)?.[0]
  if (operator === undefined) throw new StudioRefusal(`There is no filter "${asked.slice(0, 40)}"`)
  const page = Number(given.get('page') ?? 1)
  if (!Number.isInteger(page) || page < 1 || page > lastPage)
    throw new StudioRefusal(`Pages go from 1 to ${lastPage}`)
  return { table, page, column, operator, value: given.get('value') ?? '' }
}

function selectOf(
  { table, page, column, operator, value }: View,
  { dialect, engine }: StudioPlace,
): Parameters<RunSql> {
  const { quote } = dialect.ddl
  const shown = table.columns.map(({ name }, index) => `${engine.text(quote(name))} as c${index}`)
  const parameter = dialect.migrations.parameter(1)
  const own = column === undefined ? '' : quote(column.name)
  const conditions: Readonly<Record<Operator, string>> = {
    is: `${engine.text(own)} = ${parameter}`,
    contains: engine.contains(own, parameter),
    null: `${own} is null`,
    given: `${own} is not null`,
  }
  const hasValue = column !== undefined && (operator === 'is' || operator === 'contains')
  const order = table.primaryKey.map(quote).join(', ')
  const sql = [
    `select ${shown.join(', ')} from ${dialect.ddl.relation(table.name)}`,
    column === undefined ? '' : `where ${conditions[operator]}`,
    order === '' ? '' : `order by ${order}`,
    `limit ${pageSize + 1} offset ${(page - 1) * pageSize}`,
  ].join(' ')
  return [sql, hasValue ? [value] : []]
}

function hrefTo({ table, column, operator, value }: View, page: number): string {
  const filter = column === undefined ? {} : { column: column.name, op: operator, value }
  return hrefOf('/table', { name: table.name, ...filter, page: page === 1 ? undefined : page })
}

function filterForm({ table, column, operator, value }: View): Html {
  const option = (id: string, name: string, chosen: boolean): Html =>
    markup`<option value="${id}" ${chosen ? markup` selected` : ''}>${name}</option>`
  return markup`<form method="get" action="/table" role="search">
    <input type="hidden" name="name" value="${table.name}" />
    <label
      >Column
      <select name="column">
        ${option('', 'any', column === undefined)}${table.columns.map(({ name }) =>
          option(name, name, name === column?.name),
        )}
      </select></label
    >
    <label
      >Filter
      <select name="op">
        ${operators.map(([id, name]) => option(id, name, id === operator))}
      </select></label
    >
    <label>Value <input name="value" value="${value}" /></label>
    <button>Filter</button> <a href="${hrefOf('/table', { name: table.name })}">All rows</a>
  </form>`
}

function caption({ page }: View, found: number): string {
  const shown = Math.min(found, pageSize)
  if (shown === 0) return 'No rows'
  const first = (page - 1) * pageSize + 1
  return `Rows ${first} to ${first + shown - 1}${found > pageSize ? ', and more' : ''}`
}

/** A reference leads to the row that it refers to. */
function cell(text: string, { name }: ColumnSnapshot, table: TableSnapshot): Html | string {
  const isCut = text.length > longest
  if (isCut) return markup`${text.slice(0, longest)}<i>… cut</i>`
  const key = table.foreignKeys.find((one) => one.columns.length === 1 && one.columns[0] === name)
  if (key === undefined) return text
  const place = { name: key.table, column: key.references[0], op: 'is', value: text }
  return markup`<a href="${hrefOf('/table', place)}">${text}</a>`
}

function columnsOf(table: TableSnapshot): Html {
  return markup`<h2>Columns</h2>
    ${tableOf(
      `Columns of ${table.name}`,
      ['column', 'type', 'null', 'key'],
      table.columns.map(({ name, type, notNull }) => [
        name,
        `${type.sql ?? type.enum ?? type.name}${type.length === undefined ? '' : `(${type.length})`}`,
        notNull ? 'no' : 'yes',
        table.primaryKey.includes(name) ? 'primary' : '',
      ]),
    )}`
}
