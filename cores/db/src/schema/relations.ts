/** How tables belong together in nested queries. Not DDL: foreign keys are declared on columns. */

import type { AnyBoundColumn } from './column.ts'
import type { AnyColumn } from './column-builder.ts'
import { type AnyTable, isTable, tableFacts } from './table-facts.ts'

/** One row of another table. `Nullable` when there may be none. */
export interface One<T extends AnyTable = AnyTable, Nullable extends boolean = boolean> {
  readonly kind: 'one'
  readonly table: T
  readonly nullable?: Nullable
  /** Undefined: the other table refers to this one. */
  readonly fields: readonly AnyBoundColumn[] | undefined
  readonly references: readonly AnyBoundColumn[] | undefined
  readonly relationName: string | undefined
}

/** All rows of another table that refer to this one, directly or through a table between them. */
export interface Many<T extends AnyTable = AnyTable> {
  readonly kind: 'many'
  readonly table: T
  /** The referencing columns, where the other table refers to this one more than once. */
  readonly fields: readonly AnyBoundColumn[] | undefined
  readonly relationName: string | undefined
  readonly through: Through | undefined
}

/** The table between two tables. */
export interface Through {
  readonly table: AnyTable
  /** Its columns that refer to the table that has the relation; undefined: its one foreign key there. */
  readonly fields: readonly AnyBoundColumn[] | undefined
  /** Its columns that refer to the related table; undefined: its one foreign key there. */
  readonly references: readonly AnyBoundColumn[] | undefined
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

/** Options of `one` where this table refers to the other. */
export interface OneOptions<F, Optional extends boolean> {
  /** Columns of this table. */
  readonly fields: F
  /** The columns that they refer to. */
  readonly references: readonly AnyColumn[]
  /** Pairs this relation with one of the other table, where there are several between them. */
  readonly relationName?: string
  /** There may be no such row although the fields are never null: no foreign key promises one. @default false */
  readonly optional?: Optional
}

/** Options of `many`. */
export interface ManyOptions {
  /** The other table's columns that refer to this one. @default its one foreign key */
  readonly fields?: readonly AnyColumn[]
  /** The name of the other table's `one`, where there are several between the two. */
  readonly relationName?: string
  /** The table between the two; its columns are named where it refers to one of them more than once. */
  readonly through?:
    | AnyTable
    | {
        readonly table: AnyTable
        readonly fields: readonly AnyColumn[]
        readonly references: readonly AnyColumn[]
      }
}

/** The two kinds of relations, handed to the callback of {@link relations}. */
export interface RelationMakers {
  one<
    T extends AnyTable,
    const F extends readonly [AnyColumn, ...AnyColumn[]],
    const Optional extends boolean = false,
  >(
    table: T,
    options: OneOptions<F, Optional>,
  ): One<T, Optional extends true ? true : NullableOf<F[number]>>
  /** The other table refers to this one, with at most one row. */
  one<T extends AnyTable>(table: T, options?: { readonly relationName?: string }): One<T, true>
  many<T extends AnyTable>(table: T, options?: ManyOptions): Many<T>
}

const makers: RelationMakers = {
  one<T extends AnyTable>(
    table: T,
    options: Partial<OneOptions<readonly AnyColumn[], boolean>> = {},
  ): One<T, never> {
    const { fields, references, relationName } = options
    if (fields?.length !== references?.length) {
      throw new TypeError(
        `one(${table[tableFacts].name}): ${fields?.length ?? 0} fields cannot refer to ${references?.length ?? 0} columns`,
      )
    }
    return { kind: 'one', table, fields, references, relationName }
  },
  many<T extends AnyTable>(table: T, { fields, relationName, through }: ManyOptions = {}): Many<T> {
    const between: Through | undefined =
      through === undefined
        ? undefined
        : isTable(through)
          ? { table: through, fields: undefined, references: undefined }
          : through
    return { kind: 'many', table, fields, relationName, through: between }
  },
}

/**
 * Describes the relations of a table, for `db.query.<table>.findMany({ with })`.
 *
 * ```ts
 * const taskRelations = relations(tasks, ({ one, many }) => ({
 *   project: one(projects, { fields: [tasks.projectId], references: [projects.id] }),
 *   comments: many(comments),
 *   labels: many(labels, { through: taskLabels }),
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
