/** The third argument of `table`: indexes, unique and primary keys of several columns, foreign keys, checks. */

import type { AnyBoundColumn } from './column.ts'
import type { AnyColumn, ReferenceOptions } from './column-builder.ts'

/** One constraint or index of a table. */
export type Constraint =
  | {
      readonly kind: 'index'
      readonly name: string | undefined
      readonly columns: readonly AnyBoundColumn[]
    }
  | {
      readonly kind: 'unique'
      readonly name: string | undefined
      readonly columns: readonly AnyBoundColumn[]
    }
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

/** An index: `index('tasks_project').on(t.projectId, t.status)`. Without a name one is made of table and columns. */
export function index(name?: string): OnColumns {
  return { on: (...columns) => Object.freeze({ kind: 'index', name, columns }) }
}

/** A key of several columns: `unique().on(t.workspaceId, t.slug)`. */
export function unique(name?: string): OnColumns {
  return { on: (...columns) => Object.freeze({ kind: 'unique', name, columns }) }
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
