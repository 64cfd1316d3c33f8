/** What the DDL emitter must know of a dialect. */

import type { NewNames } from './objects/new-names.ts'
import type { AfterRename } from './objects/renamed-objects.ts'
import type { ColumnSnapshot, ObjectSnapshot, TypeSnapshot } from './snapshot.ts'
import type { Change, Enums } from './changes.ts'
import type { GrantSnapshot } from './grants/grant.ts'
import type {
  ColumnChange,
  CommentTarget,
  EnumChange,
  KeyName,
  RebuildParts,
} from './alterations.ts'
import type { PlannedStatement, PlanSurroundings } from './planned-statement.ts'

/** The facts of DDL. */
export interface DdlFacts {
  /** Whether foreign keys and checks can be added to and taken from a table that exists. SQLite cannot. */
  readonly alterConstraints: boolean
  /** A quoted identifier. */
  quote(name: string): string
  /** The quoted name of a table or an enum: where there are named schemas, `audit.users` has two parts. */
  relation(identity: string): string
  /** Makes a schema, if it is not there; absent where the dialect has no named schemas. */
  createSchema?(name: string): readonly string[]
  /** Drops a schema that {@link DdlFacts.createSchema} made and that nothing is in. */
  dropSchema?(name: string): readonly string[]
  /** Gives a table its new name, in its new schema; absent where `rename to` does it. */
  renameTable?(from: string, to: string): readonly string[]
  /** The type of a column, counters excepted. */
  type(type: TypeSnapshot, enums: Enums): string
  /** A counter's type with what makes it count. */
  counter(type: TypeSnapshot): string
  /** A default's value as SQL. */
  literal(value: unknown, type: TypeSnapshot): string
  /** After DEFAULT a literal stands without brackets, whatever the type of the column. */
  readonly bareLiterals?: boolean
  /** The time of the insert. */
  now(type: Pick<TypeSnapshot, 'name' | 'precision'>): string
  /** DDL takes part in transactions. */
  readonly transactional: boolean
  /** Enums are types of their own, created before the tables. */
  readonly enumTypes: boolean
  /** Restricts a column to an enum's values where enums are not types; undefined when the type does it. */
  enumCheck?(column: ColumnSnapshot, enums: Enums): string | undefined
  /** A counter carries the primary key in its own definition (SQLite). */
  readonly counterIsKey: boolean
  /** Unique constraints are unique indexes. */
  readonly uniqueIndexes: boolean
  /** A unique index of plain columns and a unique constraint are the same thing. */
  readonly uniqueIsIndex?: boolean
  /** Stands after the closing bracket of CREATE TABLE. */
  readonly tableOptions: string
  /** What makes a column count, beside its type. */
  identity(kind: 'always' | 'by default'): string
  /** RESTRICT and NO ACTION are the same. */
  readonly restrictIsNoAction: boolean
  /** Changes the values of an enum type; undefined where columns carry the values. */
  alterEnum?(change: EnumChange): readonly string[]
  /** Changes a column of a table that exists; undefined where the table must be rebuilt. */
  alterColumn?(change: ColumnChange): readonly string[]
  /** Build new, copy, drop old, rename new; undefined where tables can be altered. */
  rebuild?(parts: RebuildParts): readonly string[]
  /** Foreign keys are enforced while a table is rebuilt: its old rows are deleted, and rows that refer to them with them. @default false */
  readonly rebuildDeletes?: boolean
  /** Statements that set or (undefined) remove a comment; absent where the dialect keeps none. */
  comment?(on: CommentTarget, text: string | undefined): readonly string[]
  /** The name that the database gives to a primary key; absent where such keys have no names of their own. */
  primaryKeyName?(table: string): string
  /** A condition that values meet which do not become values of the other type; undefined where all do. */
  misfits?(before: ColumnSnapshot, after: ColumnSnapshot, enums: Enums): string | undefined
  /** The function that counts letters. @default length */
  readonly textLength?: string
  dropPrimaryKey?(table: string, name: string | undefined): string
  renameKey?(key: KeyName, to: string): string
  /** The dialect's own form of a change, where it has a safer one; undefined for the plain one. */
  plan?(change: Change, surroundings: PlanSurroundings): readonly PlannedStatement[] | undefined
  /** Lock, rewrite and scan of the plain form of a change. */
  note?(change: Change, surroundings: PlanSurroundings): string | undefined
  /** Says how long a statement waits for a lock: stands first in a `tx` step that changes tables in use. */
  readonly lockTimeout?: string
  /** Whether an object stands in the way of a change below it: it goes before, and comes back. @default views, where columns change */
  holds?(object: ObjectSnapshot, change: Change): boolean
  /** What becomes of an object that says a name that a table or a column no longer has. @default it follows */
  afterRename?(before: ObjectSnapshot, after: ObjectSnapshot, names: NewNames): AfterRename
  /** A column's comment as part of its definition, where it belongs there. */
  columnComment?(text: string): string
  /** A foreign key holds its columns and their index: it steps aside while they change. */
  readonly keysHoldColumns?: boolean
  /** Gives privileges; absent where migrations give none. */
  grant?(grant: GrantSnapshot): readonly string[]
  /** Takes privileges, with the right to pass them on. */
  revoke?(grant: GrantSnapshot): readonly string[]
  dropIndex(table: string, index: string): string
  dropUnique(table: string, name: string): string
  dropForeignKey(table: string, name: string): string
  dropCheck(table: string, name: string): string
}
