/** What turns one snapshot into another, in the order in which it can be done. */

import type { EnumColumn } from './alterations.ts'
import type {
  CheckSnapshot,
  ColumnSnapshot,
  EnumSnapshot,
  ForeignKeySnapshot,
  IndexSnapshot,
  KeySnapshot,
  ObjectSnapshot,
  TableSnapshot,
} from './snapshot.ts'
import { describePrivileges, describeThing, type GrantSnapshot } from './grants/grant.ts'
import { objectKey } from './snapshot.ts'

/** The enums that a change may need, by name. */
export type Enums = Readonly<Record<string, EnumSnapshot>>

interface OfTable {
  readonly table: string
}

/** One change. `table` is an identity. */
export type Change =
  | { readonly kind: 'createSchema' | 'dropSchema'; readonly name: string }
  | { readonly kind: 'createEnum'; readonly name: string; readonly values: readonly string[] }
  | { readonly kind: 'dropEnum'; readonly name: string; readonly values: readonly string[] }
  | {
      readonly kind: 'alterEnum'
      readonly name: string
      readonly before: readonly string[]
      readonly after: readonly string[]
      readonly columns: readonly EnumColumn[]
    }
  | { readonly kind: 'createTable'; readonly table: TableSnapshot; readonly enums: Enums }
  | { readonly kind: 'dropTable'; readonly table: TableSnapshot; readonly enums: Enums }
  | { readonly kind: 'renameTable'; readonly from: string; readonly to: string }
  | (OfTable & { readonly kind: 'renameColumn'; readonly from: string; readonly to: string })
  | (OfTable & {
      readonly kind: 'renameKey'
      readonly of: 'primary key' | 'unique' | 'index' | 'foreign key'
      readonly from: string
      readonly to: string
    })
  | (OfTable & {
      readonly kind: 'addColumn' | 'dropColumn'
      readonly column: ColumnSnapshot
      readonly enums: Enums
      /** Rows that exist get this value, and the column has no default afterwards. */
      readonly filler?: string
    })
  | (OfTable & {
      readonly kind: 'alterColumn'
      readonly before: ColumnSnapshot
      readonly after: ColumnSnapshot
      readonly enumsBefore: Enums
      readonly enums: Enums
    })
  | (OfTable & {
      readonly kind: 'changePrimaryKey'
      readonly before: readonly string[]
      readonly beforeName: string | undefined
      readonly after: readonly string[]
    })
  | (OfTable & {
      readonly kind: 'comment'
      readonly column?: ColumnSnapshot
      readonly text: string | undefined
      readonly enums: Enums
    })
  | {
      /** Build new, copy, drop old, rename new: where a table cannot be altered in place. */
      readonly kind: 'rebuildTable'
      readonly before: TableSnapshot
      readonly after: TableSnapshot
      /** Column of the new table → SQL over the old one. */
      readonly copy: Readonly<Record<string, string>>
      readonly enums: Enums
      /** Triggers of the table, which go with it. */
      readonly restore: readonly ObjectSnapshot[]
    }
  | (OfTable & { readonly kind: 'createIndex' | 'dropIndex'; readonly index: IndexSnapshot })
  | (OfTable & { readonly kind: 'addUnique' | 'dropUnique'; readonly unique: KeySnapshot })
  | (OfTable & {
      readonly kind: 'addForeignKey' | 'dropForeignKey'
      readonly foreignKey: ForeignKeySnapshot
      /** The database made an index for it, which goes with it. */
      readonly implicitIndex?: boolean
    })
  | (OfTable & { readonly kind: 'addCheck' | 'dropCheck'; readonly check: CheckSnapshot })
  | {
      readonly kind: 'createObject' | 'alterObject' | 'dropObject'
      readonly object: ObjectSnapshot
    }
  /** Gives or takes the privileges of `grant`, whatever else the role has. */
  | { readonly kind: 'grant' | 'revoke'; readonly grant: GrantSnapshot }

/** A change in words, for logs and headers of migrations. */
export function describeChange(change: Change): string {
  switch (change.kind) {
    case 'createSchema':
      return `create schema ${change.name}`
    case 'dropSchema':
      return `drop schema ${change.name}`
    case 'createEnum':
      return `create enum ${change.name}`
    case 'dropEnum':
      return `drop enum ${change.name}`
    case 'alterEnum':
      return `alter enum ${change.name}: ${change.before.join(', ')} → ${change.after.join(', ')}`
    case 'createTable':
      return `create table ${change.table.name}`
    case 'dropTable':
      return `drop table ${change.table.name}`
    case 'renameTable':
      return `rename table ${change.from} to ${change.to}`
    case 'renameColumn':
      return `rename column ${change.table}.${change.from} to ${change.to}`
    case 'renameKey':
      return `rename ${change.of} ${change.from} to ${change.to}`
    case 'addColumn':
      return `add column ${change.table}.${change.column.name}`
    case 'dropColumn':
      return `drop column ${change.table}.${change.column.name}`
    case 'alterColumn':
      return `alter column ${change.table}.${change.after.name}`
    case 'changePrimaryKey':
      return `change primary key of ${change.table}: ${change.before.join(', ') || 'none'} → ${change.after.join(', ') || 'none'}`
    case 'comment':
      return `comment on ${change.table}${change.column === undefined ? '' : `.${change.column.name}`}`
    case 'rebuildTable':
      return `rebuild table ${change.after.name}`
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
    case 'createObject':
      return `create ${objectKey(change.object)}`
    case 'alterObject':
      return `alter ${objectKey(change.object)}`
    case 'dropObject':
      return `drop ${objectKey(change.object)}`
    case 'grant':
      return `grant ${describePrivileges(change.grant)} on ${describeThing(change.grant)} to ${change.grant.to}`
    case 'revoke':
      return `revoke ${change.grant.privileges.join(', ')} on ${describeThing(change.grant)} from ${change.grant.to}`
  }
}
