/** Random tables, and keys between them. */

import fc from 'fast-check'
import type { DialectPackage } from '../../dialect/dialect-package.ts'
import { generatedName } from '../../snapshot/generated-name.ts'
import { bareName } from '../../snapshot/identity.ts'
import type { SchemaSnapshot, TableSnapshot } from '../../snapshot/snapshot.ts'
import { column, columnNames } from './columns.conformance.ts'

/** Their names: one has a blank and a large letter. */
export const tableNames = ['alpha', 'beta', 'Gamma table', 'delta'] as const

type Draft = Omit<TableSnapshot, 'name'>

/** Snapshots of one to four tables and an enum. */
export function snapshots(dialect: DialectPackage): fc.Arbitrary<SchemaSnapshot> {
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

/** A table whose keys are called as a declaration would call them. */
export function named(name: string, draft: Draft): TableSnapshot {
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

/** Tables by name. */
export function byName(tables: readonly TableSnapshot[]): Readonly<Record<string, TableSnapshot>> {
  return Object.fromEntries(
    tables.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((table) => [table.name, table]),
  )
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
