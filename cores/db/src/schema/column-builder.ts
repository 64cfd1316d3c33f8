/** Describes one column before it belongs to a table; every method gives a new value. */

import type { Column } from './column.ts'
import type { ColumnTypeFacts } from './column-type.ts'

/** What happens to a row whose referenced row goes away or changes its key. */
export type ForeignKeyAction = 'cascade' | 'restrict' | 'set null' | 'set default' | 'no action'

/** Options of a reference. @default 'no action' for both */
export interface ReferenceOptions {
  /** Checked at the end of a transaction: when asked for, or at first. @default at once, always */
  readonly deferrable?: 'immediate' | 'deferred'
  readonly onDelete?: ForeignKeyAction
  readonly onUpdate?: ForeignKeyAction
}

/** A column of any table and any type, where only its identity matters. */
export type AnyColumn = Column<unknown, boolean, boolean>

/** A default: a value, the time of the insert, or an expression of the database. */
export type ColumnDefault =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'now' }
  | { readonly kind: 'expression'; readonly source: string }

/** A value that the database computes from other columns. The text is SQL, never user input. */
export interface GeneratedColumn {
  readonly source: string
  /** Kept with the row, or computed when it is read. */
  readonly stored: boolean
}

/** The plain facts of a column. */
export interface ColumnFacts {
  readonly type: ColumnTypeFacts
  /** The database name, where it is not the key in snake_case. */
  readonly name: string | undefined
  readonly notNull: boolean
  readonly primaryKey: boolean
  readonly unique: boolean
  readonly tag: boolean
  readonly default: ColumnDefault | undefined
  readonly generated?: GeneratedColumn
  /** Counts by itself: `always` refuses values of an insert. */
  readonly identity?: 'always' | 'by default'
  readonly comment?: string
  /** The name before this one, for the migration that renames. */
  readonly was?: string
  readonly references:
    | { readonly column: () => AnyColumn; readonly options: ReferenceOptions }
    | undefined
}

/** What every column constructor takes. */
export interface ColumnOptions {
  /** The database name. @default the key in snake_case */
  readonly name?: string
}

/**
 * A column that is being described.
 *
 * `Value` is the type of the value when it is not null, `NotNull` whether it may be null, `Defaulted` whether an insert may
 * leave it out.
 */
export class ColumnBuilder<
  Value,
  NotNull extends boolean = false,
  Defaulted extends boolean = false,
> {
  readonly facts: ColumnFacts
  /** Never present; carries the types. */
  declare readonly $types: {
    readonly value: Value
    readonly notNull: NotNull
    readonly defaulted: Defaulted
  }

  constructor(facts: ColumnFacts) {
    this.facts = Object.freeze(facts)
  }

  /** A list of such values; PostgreSQL only, elsewhere a list is `json<Value[]>()`. */
  array(): ColumnBuilder<Value[], NotNull, Defaulted> {
    const { type } = this.facts
    const dimensions = (type.dimensions ?? 0) + 1
    return new ColumnBuilder({
      ...this.facts,
      type: Object.freeze({ ...type, dimensions, dialect: 'postgres' }),
    })
  }

  /** The value is never null. */
  notNull(): ColumnBuilder<Value, true, Defaulted> {
    return new ColumnBuilder({ ...this.facts, notNull: true })
  }

  /** The table's primary key; for one of several columns see `primaryKey` of the third argument of `table`. */
  primaryKey(): ColumnBuilder<Value, true, Defaulted> {
    return new ColumnBuilder({ ...this.facts, notNull: true, primaryKey: true })
  }

  /** No two rows have the same value. */
  unique(): ColumnBuilder<Value, NotNull, Defaulted> {
    return new ColumnBuilder({ ...this.facts, unique: true })
  }

  /** The value of a row that is inserted without one. */
  default(value: Value): ColumnBuilder<Value, NotNull, true> {
    return new ColumnBuilder({ ...this.facts, default: { kind: 'value', value } })
  }

  /** A default that the database computes. The text is part of the DDL as it stands, so it is never user input. */
  defaultExpression(source: string): ColumnBuilder<Value, NotNull, true> {
    return new ColumnBuilder({ ...this.facts, default: { kind: 'expression', source } })
  }

  /** The time of the insert, for dates and times. */
  defaultNow(): ColumnBuilder<Value, NotNull, true> {
    return new ColumnBuilder({ ...this.facts, default: { kind: 'now' } })
  }

  /** The database computes the value from other columns. The text is part of the DDL as it stands. */
  generatedAs(
    source: string,
    options: { readonly stored?: boolean } = {},
  ): ColumnBuilder<Value, NotNull, true> {
    const generated = { source, stored: options.stored ?? true }
    return new ColumnBuilder({ ...this.facts, generated })
  }

  /** The database counts (`generated … as identity`); `serial()` is the short form for keys. */
  identity(kind: 'always' | 'by default' = 'by default'): ColumnBuilder<Value, true, true> {
    return new ColumnBuilder({ ...this.facts, notNull: true, identity: kind })
  }

  /** A comment that is kept in the database. */
  comment(text: string): ColumnBuilder<Value, NotNull, Defaulted> {
    return new ColumnBuilder({ ...this.facts, comment: text })
  }

  /** States that the column was called `name` in the database, so that `mizan db generate` renames it. */
  was(name: string): ColumnBuilder<Value, NotNull, Defaulted> {
    return new ColumnBuilder({ ...this.facts, was: name })
  }

  /**
   * A foreign key. The function is called when the schema is complete, so tables may refer to later ones; a column of the
   * same table needs the annotation `(): AnyColumn => tasks.id`.
   */
  references(
    column: () => AnyColumn,
    options: ReferenceOptions = {},
  ): ColumnBuilder<Value, NotNull, Defaulted> {
    return new ColumnBuilder({ ...this.facts, references: { column, options } })
  }

  /** Makes reads by this column's value depend on that value alone (primary and foreign keys do so anyway). */
  tag(): ColumnBuilder<Value, NotNull, Defaulted> {
    return new ColumnBuilder({ ...this.facts, tag: true })
  }
}

/** A builder of any type. */
export type AnyColumnBuilder = ColumnBuilder<unknown, boolean, boolean>
