/** The third argument of `table`: indexes, unique and primary keys of several columns, foreign keys, checks. */

import type { AnyBoundColumn } from './column.ts'
import type { AnyColumn, ReferenceOptions } from './column-builder.ts'
import type { GrantConstraint } from './grant.ts'

/** How one column or expression stands in an index. Texts are SQL with database names, never user input. */
export interface IndexElementOptions {
  readonly order?: 'asc' | 'desc'
  readonly nulls?: 'first' | 'last'
  /** An operator class of PostgreSQL: `gin_trgm_ops`. */
  readonly opclass?: string
  readonly collation?: string
}

/** A column or an expression of an index, with its options. */
export interface IndexElement extends IndexElementOptions {
  readonly column?: AnyBoundColumn
  readonly expression?: string
}

/** What an index is besides its columns. */
export interface IndexOptions {
  readonly unique?: boolean
  /** The condition of a partial index, as SQL. */
  readonly where?: string
  /** Access method: `gin`, `gist`, `brin`, `hash`. @default the database's, `btree` */
  readonly using?: string
  /** Columns that are stored and not searched. */
  readonly include?: readonly AnyColumn[]
  /** Two nulls are equal, for a unique index. */
  readonly nullsNotDistinct?: boolean
}

/** What a unique constraint may say besides its columns. */
export interface UniqueOptions {
  readonly nullsNotDistinct?: boolean
  /** Checked at the end of a transaction: when asked for, or at first. */
  readonly deferrable?: 'immediate' | 'deferred'
}

/** One constraint, index or right of a table. */
export type Constraint =
  | GrantConstraint
  | {
      readonly kind: 'index'
      readonly name: string | undefined
      /** Those of the elements that are columns. */
      readonly columns: readonly AnyBoundColumn[]
      readonly elements: readonly IndexElement[]
      readonly options: IndexOptions
    }
  | {
      readonly kind: 'unique'
      readonly name: string | undefined
      readonly columns: readonly AnyBoundColumn[]
      readonly options: UniqueOptions
    }
  | { readonly kind: 'comment'; readonly text: string }
  | { readonly kind: 'was'; readonly name: string }
  | { readonly kind: 'primaryKey'; readonly columns: readonly AnyBoundColumn[] }
  | { readonly kind: 'check'; readonly name: string; readonly source: string }
  | {
      readonly kind: 'foreignKey'
      readonly name: string | undefined
      readonly columns: readonly AnyBoundColumn[]
      readonly references: readonly AnyBoundColumn[]
      readonly options: ReferenceOptions
    }

/** The step between a constraint's name and its columns. */
export interface OnColumns {
  on(...columns: readonly [AnyColumn, ...AnyColumn[]]): Constraint
}

/** The step between an index's name and what it is made of. */
export interface OnElements {
  on(...elements: readonly [AnyColumn | IndexElement, ...(AnyColumn | IndexElement)[]]): Constraint
}

/** An index: `index('tasks_project').on(t.projectId, t.status)`. Without a name one is made of table and columns. */
export function index(name?: string, options: IndexOptions = {}): OnElements {
  return {
    on(...given) {
      const elements = given.map((one) => ('facts' in one ? { column: one } : one))
      const columns = elements.flatMap(({ column }) => (column === undefined ? [] : [column]))
      if (name === undefined && columns.length < elements.length)
        throw new TypeError('index(): an index of an expression needs a name')
      return Object.freeze({ kind: 'index', name, columns, elements, options })
    },
  }
}

/** A column of an index with its order or operator class: `indexed(t.title, { opclass: 'gin_trgm_ops' })`. */
export function indexed(column: AnyColumn, options: IndexElementOptions = {}): IndexElement {
  return Object.freeze({ column, ...options })
}

/** An expression of an index, as SQL with database names: `indexExpression('lower(email)')`. */
export function indexExpression(source: string, options: IndexElementOptions = {}): IndexElement {
  return Object.freeze({ expression: source, ...options })
}

/** A key of several columns: `unique().on(t.workspaceId, t.slug)`. */
export function unique(name?: string, options: UniqueOptions = {}): OnColumns {
  return { on: (...columns) => Object.freeze({ kind: 'unique', name, columns, options }) }
}

/** States that the table was called `name` in the database, so that `mizan db generate` renames it. */
export function was(name: string): Constraint {
  return Object.freeze({ kind: 'was', name })
}

/** The comment of a table, kept in the database. */
export function comment(text: string): Constraint {
  return Object.freeze({ kind: 'comment', text })
}

/** A primary key of several columns: `primaryKey(t.workspaceId, t.personId)`. */
export function primaryKey(...columns: readonly [AnyColumn, ...AnyColumn[]]): Constraint {
  return Object.freeze({ kind: 'primaryKey', columns })
}

/** A condition that every row meets. The text is SQL with database names, and part of the DDL as it stands. */
export function check(name: string, source: string): Constraint {
  return Object.freeze({ kind: 'check', name, source })
}

/** A foreign key of several columns, or of a table to itself: `foreignKey(t.parentId).references([t.id])`. */
export function foreignKey(...columns: readonly [AnyColumn, ...AnyColumn[]]): {
  references(
    targets: readonly AnyColumn[],
    options?: ReferenceOptions & { readonly name?: string },
  ): Constraint
} {
  return {
    references(targets, { name, ...options } = {}) {
      if (targets.length !== columns.length) {
        throw new TypeError(
          `foreignKey(${columns.map((column) => column.key).join(', ')}): ${columns.length} columns cannot refer to ${targets.length}`,
        )
      }
      return Object.freeze({ kind: 'foreignKey', name, columns, references: targets, options })
    },
  }
}
