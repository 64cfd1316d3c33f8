/** Random snapshots that a dialect can hold. */

import fc from 'fast-check'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { generatedName } from '../snapshot/generated-name.ts'
import { bareName } from '../snapshot/identity.ts'
import { applyRenames, type Rename } from '../snapshot/renames.ts'
import type {
  ColumnSnapshot,
  DefaultSnapshot,
  ExpressionSnapshot,
  SchemaSnapshot,
  TableSnapshot,
  TypeSnapshot,
} from '../snapshot/snapshot.ts'
import { rightsDrafts, withRights } from './rights.conformance.ts'

const tableNames = ['alpha', 'beta', 'Gamma table', 'delta'] as const
const columnNames = ['one', 'two', 'three', 'Four', 'select', 'six'] as const

const types: readonly TypeSnapshot[] = [
  { name: 'integer' },
  { name: 'bigint' },
  { name: 'smallint' },
  { name: 'text' },
  { name: 'varchar', length: 20 },
  { name: 'varchar', length: 60 },
  { name: 'char', length: 4 },
  { name: 'boolean' },
  { name: 'numeric', precision: 10, scale: 2 },
  { name: 'double' },
  { name: 'timestamptz', precision: 3 },
  { name: 'timestamp', precision: 6 },
  { name: 'date' },
  { name: 'time', precision: 0 },
  { name: 'uuid' },
  { name: 'jsonb' },
  { name: 'bytea' },
  { name: 'enum', enum: 'mood' },
]

/** Which types a column may become: those into which a value of the first can be cast, and back. */
const relatives: readonly (readonly string[])[] = [
  ['integer', 'bigint', 'smallint', 'numeric', 'double', 'text', 'varchar'],
  ['text', 'varchar', 'char'],
  ['timestamptz', 'timestamp', 'date'],
  ['integer', 'boolean'],
  ['integer', 'serial'],
]

const defaults: Readonly<Partial<Record<TypeSnapshot['name'], readonly DefaultSnapshot[]>>> = {
  integer: [{ kind: 'value', value: 7 }],
  bigint: [{ kind: 'value', value: '9007199254740993' }],
  text: [{ kind: 'value', value: "it's \\ here" }],
  varchar: [{ kind: 'value', value: 'x' }],
  boolean: [{ kind: 'value', value: true }],
  numeric: [{ kind: 'value', value: '1.50' }],
  timestamptz: [{ kind: 'now' }],
  enum: [{ kind: 'value', value: 'calm' }],
}

type Draft = Omit<TableSnapshot, 'name'>

/** Two snapshots of which the second may have come from the first, by way of the renames. */
export type SnapshotPair = readonly [SchemaSnapshot, SchemaSnapshot, readonly Rename[]]

/** Pairs. */
export function snapshotPairs(dialect: DialectPackage): fc.Arbitrary<SnapshotPair> {
  return fc
    .tuple(
      snapshots(dialect),
      snapshots(dialect),
      fc.option(fc.nat(3)),
      fc.option(fc.nat(5)),
      // Half of the pairs of a dialect with schemas have a second one.
      dialect.ddl.createSchema === undefined
        ? fc.constant(0)
        : fc.oneof(fc.constant(0), fc.nat(63)),
      rightsDrafts(dialect),
      rightsDrafts(dialect),
    )
    .map(([one, two, table, column, places, ...rights]) => {
      const source = withRights(inSchemas(one, places), rights[0])
      const target = withRights(inSchemas(reconciled(one, two, dialect), places), rights[1])
      const renames = renamesOf(source, target, { table, column, places })
      return [source, renamed(target, renames, dialect), renames]
    })
}

/** The schema with a name, for dialects that have such. */
const second = 'second place'

/** Some tables, and now and then the enum, in the second schema: a bit of `places` for each. */
function inSchemas(snapshot: SchemaSnapshot, places: number): SchemaSnapshot {
  if (places === 0) return snapshot
  const isThere = (name: string): boolean =>
    (places & (1 << tableNames.findIndex((one) => one === name))) !== 0
  const identity = (name: string): string => (isThere(name) ? `${second}.${name}` : name)
  const mood = (places & 16) === 0 ? 'mood' : `${second}.mood`
  const tables = Object.values(snapshot.tables).map((table) => ({
    ...table,
    name: identity(table.name),
    ...(isThere(table.name) ? { schema: second } : {}),
    columns: table.columns.map((column) =>
      column.type.enum === undefined ? column : { ...column, type: { ...column.type, enum: mood } },
    ),
    foreignKeys: table.foreignKeys.map((key) => ({ ...key, table: identity(key.table) })),
  }))
  const values = snapshot.enums['mood']?.values ?? []
  return {
    version: 1,
    enums: { [mood]: mood === 'mood' ? { values } : { values, schema: second } },
    tables: byName(tables),
  }
}

/** At most one table and one column of it, of those that stay. */
function renamesOf(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  picks: {
    readonly table: number | null
    readonly column: number | null
    readonly places: number
  },
): readonly Rename[] {
  const both = Object.keys(to.tables).filter((name) => Object.hasOwn(from.tables, name))
  const name = both[(picks.table ?? picks.column ?? 0) % Math.max(1, both.length)]
  if (name === undefined) return []
  // With its new name a table stands where its old one stood, or moves.
  const schema = (picks.places & 32) === 0 ? undefined : second
  const other = schema === undefined ? 'other name' : `${schema}.other name`
  const table = picks.table === null ? name : other
  const kept = from.tables[name]?.columns.filter((one) =>
    to.tables[name]?.columns.some((other) => other.name === one.name),
  )
  const column = picks.column === null ? undefined : kept?.[picks.column % kept.length]?.name
  return [
    ...(picks.table === null
      ? []
      : [{ table, from: name, ...(schema === undefined ? {} : { schema }) }]),
    ...(column === undefined ? [] : [{ table, column: 'other', from: column }]),
  ]
}

/** The snapshot as somebody would declare it who renamed: its expressions and the names of its keys, too. */
function renamed(
  snapshot: SchemaSnapshot,
  renames: readonly Rename[],
  { ddl: { quote } }: DialectPackage,
): SchemaSnapshot {
  const column = renames.find((one) => one.column !== undefined)
  const text = <T extends ExpressionSnapshot>(expression: T): T => ({
    ...expression,
    source: expression.source.replaceAll(quote(column?.from ?? '\n'), quote('other')),
  })
  const after = applyRenames(snapshot, renames)
  const tables = Object.values(after.tables).map((table) => {
    const own =
      column?.table !== table.name
        ? table
        : {
            ...table,
            columns: table.columns.map((one) =>
              one.generated === undefined ? one : { ...one, generated: text(one.generated) },
            ),
            checks: table.checks.map(text),
            indexes: table.indexes.map((index) => ({
              ...index,
              ...(index.where === undefined ? {} : { where: text(index.where) }),
              ...(index.elements === undefined
                ? {}
                : {
                    elements: index.elements.map((one) =>
                      one.expression === undefined
                        ? one
                        : { ...one, expression: text(one.expression) },
                    ),
                  }),
            })),
          }
    const { foreignKeys } = own
    return named(own.name, {
      ...own,
      foreignKeys: foreignKeys
        .map((key) => ({ ...key, name: generatedName(bareName(own), key.columns, 'fk') }))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    })
  })
  return { ...after, tables: byName(tables) }
}

function byName(tables: readonly TableSnapshot[]): Readonly<Record<string, TableSnapshot>> {
  return Object.fromEntries(
    tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((table) => [table.name, table]),
  )
}

/** A column of one name keeps a type that the other can be cast to. */
function reconciled(
  from: SchemaSnapshot,
  to: SchemaSnapshot,
  { ddl: { quote } }: DialectPackage,
): SchemaSnapshot {
  const tables = Object.values(to.tables).map((table) => {
    const before = from.tables[table.name]
    const columns = table.columns.map((column) => {
      const old = before?.columns.find((one) => one.name === column.name)
      if (old === undefined || canBecome(old, column)) return column
      const { default: _default, ...rest } = column
      return { ...rest, type: old.type }
    })
    // What is computed or checked here is computed from whole numbers.
    const isWhole = (source: string): boolean =>
      columns.some((one) => one.type.name === 'integer' && source.startsWith(quote(one.name)))
    return [
      table.name,
      {
        ...table,
        columns: columns.filter(
          (one) => one.generated === undefined || isWhole(one.generated.source),
        ),
        checks: table.checks.filter((one) => isWhole(one.source)),
        primaryKey: table.primaryKey.every((name) => name === 'id' || isKeyable(columns, [name]))
          ? table.primaryKey
          : [],
        uniques: table.uniques.filter((one) => isKeyable(columns, one.columns)),
        indexes: table.indexes.filter((one) => isKeyable(columns, one.columns)),
      },
    ]
  })
  return { ...to, tables: Object.fromEntries(tables) }
}

/** Types of which every database makes an index without more ado. */
function isKeyable(columns: readonly ColumnSnapshot[], names: readonly string[]): boolean {
  return columns
    .filter((one) => names.includes(one.name))
    .every(({ type }) => ['integer', 'bigint', 'uuid', 'varchar', 'date'].includes(type.name))
}

function canBecome(before: ColumnSnapshot, after: ColumnSnapshot): boolean {
  const [from, to] = [before.type.name, after.type.name]
  return from === to || relatives.some((family) => family.includes(from) && family.includes(to))
}

function snapshots(dialect: DialectPackage): fc.Arbitrary<SchemaSnapshot> {
  return fc
    .record({
      tables: fc.uniqueArray(fc.constantFrom(...tableNames), { minLength: 1, maxLength: 4 }),
      drafts: fc.array(drafts(dialect), { minLength: 4, maxLength: 4 }),
      references: fc.array(
        fc.tuple(
          fc.nat(3),
          fc.nat(3),
          fc.constantFrom('cascade', 'set null', 'no action', 'restrict'),
        ),
        {
          maxLength: 4,
        },
      ),
      values: fc.shuffledSubarray(['calm', 'loud', "it's", 'new'], { minLength: 1 }),
    })
    .map(({ tables: names, drafts: made, references, values }) => {
      const tables = new Map(
        names.map((name, index): [string, TableSnapshot] => [
          name,
          named(
            name,
            made[index] ?? {
              columns: [],
              primaryKey: [],
              uniques: [],
              indexes: [],
              foreignKeys: [],
              checks: [],
            },
          ),
        ]),
      )
      for (const [own, other, onDelete] of references) {
        const [child, parent] = [names[own % names.length], names[other % names.length]]
        const table = tables.get(child ?? '')
        if (
          table === undefined ||
          parent === undefined ||
          tables.get(parent)?.primaryKey.join() !== 'id' ||
          table.foreignKeys.some((key) => key.table === parent)
        )
          continue
        const column = `${parent.toLowerCase().replaceAll(' ', '_')}_id`
        tables.set(table.name, {
          ...table,
          columns: [...table.columns, { name: column, type: { name: 'integer' }, notNull: false }],
          foreignKeys: [
            ...table.foreignKeys,
            {
              name: generatedName(table.name, [column], 'fk'),
              columns: [column],
              table: parent,
              references: ['id'],
              onDelete,
              onUpdate: own === other ? ('cascade' as const) : ('no action' as const),
              ...(dialect.name === 'mysql' || own + other !== 3
                ? {}
                : { deferrable: 'deferred' as const }),
            },
          ].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
        })
      }
      // A default must be one of the values.
      const all = [...new Set(['calm', ...values])]
      return {
        version: 1,
        enums: { mood: { values: all } },
        tables: Object.fromEntries([...tables].toSorted(([a], [b]) => (a < b ? -1 : 1))),
      }
    })
}

function named(name: string, draft: Draft): TableSnapshot {
  const own = bareName({ ...draft, name })
  const prefix = own.toLowerCase().replaceAll(' ', '_')
  return {
    ...draft,
    name,
    uniques: draft.uniques.map((key) => ({
      ...key,
      name: generatedName(own, key.columns, 'unique'),
    })),
    indexes: draft.indexes.map((index, place) => ({ ...index, name: `${prefix}_by_${place}` })),
    checks: draft.checks.map((check, place) => ({ ...check, name: `${prefix}_holds_${place}` })),
  }
}

function drafts(dialect: DialectPackage): fc.Arbitrary<Draft> {
  const columns = fc
    .uniqueArray(fc.constantFrom(...columnNames), { maxLength: 5 })
    .chain((names) => fc.tuple(...names.map((name) => column(name))))
  return fc
    .tuple(columns, fc.nat(), fc.nat(), fc.boolean(), fc.boolean(), fc.nat(9))
    .map(([own, unique, indexed, checked, computed, keyed]) => {
      const { quote } = dialect.ddl
      const keyable = own.filter(({ type }) =>
        ['integer', 'bigint', 'uuid', 'varchar', 'date'].includes(type.name),
      )
      const key = keyable[unique % Math.max(1, keyable.length * 2)]
      const index = keyable[indexed % Math.max(1, keyable.length * 2)]
      const number = own.find(({ type }) => type.name === 'integer')
      const partial = dialect.name !== 'mysql' && index !== undefined && indexed % 3 === 0
      // Mostly a counter; a key of two columns, or none.
      const composite = keyed === 8 ? keyable.find((one) => one.default === undefined) : undefined
      const counts = keyed < 8
      return {
        columns: [
          {
            name: 'id',
            type: { name: counts ? ('serial' as const) : ('integer' as const) },
            notNull: true,
          },
          ...own,
          ...(computed && number !== undefined
            ? [
                {
                  name: 'computed',
                  type: { name: 'integer' as const },
                  notNull: false,
                  generated: { source: `${quote(number.name)} * 2`, stored: true },
                },
              ]
            : []),
        ],
        primaryKey: counts ? ['id'] : composite === undefined ? [] : ['id', composite.name],
        ...(dialect.name === 'sqlite' || keyed % 2 === 0 ? {} : { comment: `it's ${keyed}` }),
        uniques: key === undefined ? [] : [{ name: '', columns: [key.name] }],
        indexes:
          index === undefined
            ? []
            : [
                {
                  name: '',
                  columns: [index.name],
                  ...(indexed % 5 === 0
                    ? { elements: [{ column: index.name, order: 'desc' as const }] }
                    : {}),
                  ...(indexed % 7 === 0 ? { unique: true } : {}),
                  ...(partial ? { where: { source: `${quote(index.name)} is not null` } } : {}),
                },
              ],
        foreignKeys: [],
        checks:
          checked && number !== undefined
            ? [
                {
                  name: '',
                  source: `${quote(number.name)} > -5 and ${quote('id')} is not null`.replace(
                    dialect.name === 'mysql' ? ` and ${quote('id')} is not null` : '\0',
                    '',
                  ),
                },
              ]
            : [],
      }
    })
}

function column(name: string): fc.Arbitrary<ColumnSnapshot> {
  return fc
    .tuple(fc.constantFrom(...types), fc.boolean(), fc.nat())
    .map(([type, notNull, pick]) => {
      const given = defaults[type.name]
      const chosen = given === undefined ? undefined : given[pick % (given.length + 1)]
      return { name, type, notNull, ...(chosen === undefined ? {} : { default: chosen }) }
    })
}
