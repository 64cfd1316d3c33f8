/** What turns one snapshot into another, in the order in which it can be done. */

import type {
  CheckSnapshot,
  ColumnSnapshot,
  EnumSnapshot,
  ForeignKeySnapshot,
  KeySnapshot,
  TableSnapshot,
} from './snapshot.ts'

/** One change. `table` is a database name. */
export type Change =
  | { readonly kind: 'createEnum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'dropEnum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'createTable'; readonly table: TableSnapshot; readonly enums: Enums }
  | { readonly kind: 'dropTable'; readonly table: TableSnapshot; readonly enums: Enums }
  | {
      readonly kind: 'addColumn'
      readonly table: string
      readonly column: ColumnSnapshot
      readonly enums: Enums
    }
  | {
      readonly kind: 'dropColumn'
      readonly table: string
      readonly column: ColumnSnapshot
      readonly enums: Enums
    }
  | {
      readonly kind: 'createIndex' | 'dropIndex'
      readonly table: string
      readonly index: KeySnapshot
    }
  | {
      readonly kind: 'addUnique' | 'dropUnique'
      readonly table: string
      readonly unique: KeySnapshot
    }
  | {
      readonly kind: 'addForeignKey' | 'dropForeignKey'
      readonly table: string
      readonly foreignKey: ForeignKeySnapshot
    }
  | {
      readonly kind: 'addCheck' | 'dropCheck'
      readonly table: string
      readonly check: CheckSnapshot
    }

/** The enums that a change may need, by name. */
export type Enums = Readonly<Record<string, EnumSnapshot>>

/** A change in words, for logs and headers of migrations. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'createEnum':
      return `create enum ${change.name}`
    case 'dropEnum':
      return `drop enum ${change.name}`
    case 'createTable':
      return `create table ${change.table.name}`
    case 'dropTable':
      return `drop table ${change.table.name}`
    case 'addColumn':
      return `add column ${change.table}.${change.column.name}`
    case 'dropColumn':
      return `drop column ${change.table}.${change.column.name}`
    case 'createIndex':
      return `create index ${change.index.name}`
    case 'dropIndex':
      return `drop index ${change.index.name}`
    case 'addUnique':
      return `add unique ${change.unique.name}`
    case 'dropUnique':
      return `drop unique ${change.unique.name}`
    case 'addForeignKey':
      return `add foreign key ${change.foreignKey.name}`
    case 'dropForeignKey':
      return `drop foreign key ${change.foreignKey.name}`
    case 'addCheck':
      return `add check ${change.check.name}`
    case 'dropCheck':
      return `drop check ${change.check.name}`
  }
}
