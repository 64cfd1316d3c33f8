/** How tables belong together in nested queries. Not DDL: foreign keys are declared on columns. */

import type { AnyBoundColumn } from './column.ts'
import type { AnyColumn } from './column-builder.ts'
import { type AnyTable, type TableFacts, tableFacts } from './table-facts.ts'

/** One row of another table. `Nullable` when a referencing column may be null. */
export interface One<T extends AnyTable = AnyTable, Nullable extends boolean = boolean> {
  readonly kind: 'one'
  readonly table: T
  readonly nullable?: Nullable
  readonly fields: readonly AnyBoundColumn[]
  readonly references: readonly AnyBoundColumn[]
}

/** All rows of another table that refer to this one. */
export interface Many<T extends AnyTable = AnyTable> {
  readonly kind: 'many'
  readonly table: T
  /** The referencing columns, where the other table refers to this one more than once. */
  readonly fields: readonly AnyBoundColumn[] | undefined
}

/** A relation. */
export type Relation = One | Many

/** The relations of one table, as a schema module exports them. */
export interface Relations<T extends AnyTable = AnyTable, R = Readonly<Record<string, Relation>>> {
  readonly [relationFacts]: { readonly table: T; readonly relations: R }
}

/** Under this property a relations value holds its facts. */
export const relationFacts: unique symbol = Symbol('mizan.relations')

type NullableOf<F> = F extends { readonly $types: { readonly notNull: infer N } }
  ? N extends true
    ? false
    : true
  : boolean

/** The two kinds of relations, handed to the callback of {@link relations}. */
export interface RelationMakers {
  one<T extends AnyTable, const F extends readonly [AnyColumn, ...AnyColumn[]]>(
    table: T,
    options: { readonly fields: F; readonly references: readonly AnyColumn[] },
  ): One<T, NullableOf<F[number]>>
  many<T extends AnyTable>(table: T, options?: { readonly fields: readonly AnyColumn[] }): Many<T>
}

const makers: RelationMakers = {
  one: (table, { fields, references }) => {
    if (fields.length !== references.length) {
      throw new TypeError(
        `one(${table[tableFacts].name}): ${fields.length} fields cannot refer to ${references.length} columns`,
      )
    }
    return { kind: 'one', table, fields, references }
  },
  many: (table, options) => ({ kind: 'many', table, fields: options?.fields }),
}

/**
 * Describes the relations of a table, for `db.query.<table>.findMany({ with })`.
 *
 * ```ts
 * const taskRelations = relations(tasks, ({ one, many }) => ({
 *   project: one(projects, { fields: [tasks.projectId], references: [projects.id] }),
 *   comments: many(comments),
 * }))
 * ```
 */
export function relations<T extends AnyTable, const R extends Readonly<Record<string, Relation>>>(
  table: T,
  make: (makers: RelationMakers) => R,
): Relations<T, R> {
  return Object.freeze({ [relationFacts]: { table, relations: make(makers) } })
}

/** Whether a value of a schema module is a `relations()`. */
export function isRelations(value: unknown): value is Relations {
  return typeof value === 'object' && value !== null && relationFacts in value
}

/** The columns by which `many` finds its rows: given, or the one foreign key of the other table to this one. */
export function manyFields(many: Many, parent: TableFacts): readonly AnyBoundColumn[] {
  if (many.fields !== undefined) return many.fields
  const child = many.table[tableFacts]
  const found = [...child.columns.values()].filter(
    (column) => column.facts.references?.column().table === parent,
  )
  if (found.length === 1) return found
  throw new TypeError(
    `many(${child.name}) of ${parent.name}: ${found.length === 0 ? 'no column refers' : 'several columns refer'} to ` +
      `${parent.name}; name them: many(${child.name}, { fields: [...] })`,
  )
}
