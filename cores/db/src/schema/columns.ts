/** The constructors of columns. Values: API "Columns". */

import { ColumnBuilder, type ColumnOptions } from './column-builder.ts'
import type { ColumnTypeFacts } from './column-type.ts'
import type { EnumType } from './enum-type.ts'

/** Digits of the second's fraction, for columns whose value is a `Date` or a time. */
export interface TimeOptions extends ColumnOptions {
  /** 0 to 3 for a `Date`, 0 to 6 for a time of day. @default 3 */
  readonly precision?: number
}

/** Digits of a `numeric`. */
export interface NumericOptions extends ColumnOptions {
  /** Digits in all. */
  readonly precision?: number
  /** Digits after the point. @default 0 when a precision is given */
  readonly scale?: number
}

/** A counter: `number`. */
export function serial(options?: ColumnOptions): ColumnBuilder<number, true, true> {
  return counter({ name: 'serial' }, options)
}

/** A 64-bit counter: `bigint`. */
export function bigSerial(options?: ColumnOptions): ColumnBuilder<bigint, true, true> {
  return counter({ name: 'bigserial' }, options)
}

/** 16 bits: `number`. */
export function smallint(options?: ColumnOptions): ColumnBuilder<number> {
  return describe({ name: 'smallint' }, options)
}

/** 32 bits: `number`. */
export function integer(options?: ColumnOptions): ColumnBuilder<number> {
  return describe({ name: 'integer' }, options)
}

/** 64 bits: `bigint`. */
export function bigint(options?: ColumnOptions): ColumnBuilder<bigint> {
  return describe({ name: 'bigint' }, options)
}

/** An exact decimal: `string`. */
export function numeric(options: NumericOptions = {}): ColumnBuilder<string> {
  const { precision, scale } = options
  if (precision === undefined) {
    if (scale !== undefined) throw new TypeError('numeric({ scale }): a scale needs a precision')
    return describe({ name: 'numeric' }, options)
  }
  assertWhole('numeric', 'precision', precision, { from: 1, to: 65 })
  assertWhole('numeric', 'scale', scale ?? 0, { from: 0, to: Math.min(precision, 30) })
  return describe({ name: 'numeric', precision, scale: scale ?? 0 }, options)
}

/** The same as {@link numeric}. */
export function decimal(options: NumericOptions = {}): ColumnBuilder<string> {
  return numeric(options)
}

/** 32-bit floating point: `number`. */
export function real(options?: ColumnOptions): ColumnBuilder<number> {
  return describe({ name: 'real' }, options)
}

/** 64-bit floating point: `number`. */
export function doublePrecision(options?: ColumnOptions): ColumnBuilder<number> {
  return describe({ name: 'double' }, options)
}

/** Text of at most `length` characters: `string`. */
export function varchar(length: number, options?: ColumnOptions): ColumnBuilder<string> {
  assertWhole('varchar', 'length', length, { from: 1, to: 65_535 })
  return describe({ name: 'varchar', length }, options)
}

/** Text of exactly `length` characters, padded with blanks: `string`. */
export function char(length: number, options?: ColumnOptions): ColumnBuilder<string> {
  assertWhole('char', 'length', length, { from: 1, to: 255 })
  return describe({ name: 'char', length }, options)
}

/** Text of any length: `string`. */
export function text(options?: ColumnOptions): ColumnBuilder<string> {
  return describe({ name: 'text' }, options)
}

/** `boolean`. */
export function boolean(options?: ColumnOptions): ColumnBuilder<boolean> {
  return describe({ name: 'boolean' }, options)
}

/** More digits of a second than a `Date` holds: the value is a text. */
export interface FineTimeOptions extends ColumnOptions {
  readonly precision: 4 | 5 | 6
}

/** A date and time without zone, read and written as UTC: `Date`, or with a finer precision `2026-11-20T13:37:00.123456Z`. */
export function timestamp(options: FineTimeOptions): ColumnBuilder<string>
export function timestamp(options?: TimeOptions): ColumnBuilder<Date>
export function timestamp(options?: TimeOptions): ColumnBuilder<never> {
  return describe({ name: 'timestamp', precision: secondsPrecision('timestamp', options) }, options)
}

/** A moment: `Date`, or with a finer precision `2026-11-20T13:37:00.123456Z`. */
export function timestamptz(options: FineTimeOptions): ColumnBuilder<string>
export function timestamptz(options?: TimeOptions): ColumnBuilder<Date>
export function timestamptz(options?: TimeOptions): ColumnBuilder<never> {
  return describe(
    { name: 'timestamptz', precision: secondsPrecision('timestamptz', options) },
    options,
  )
}

/** A day: `string`, `2026-11-20`. */
export function date(options?: ColumnOptions): ColumnBuilder<string> {
  return describe({ name: 'date' }, options)
}

/** A time of day: `string`, `13:37:00.000`. */
export function time(options?: TimeOptions): ColumnBuilder<string> {
  return describe({ name: 'time', precision: secondsPrecision('time', options) }, options)
}

/** A span of time, as the database writes it: `string`. */
export function interval(options?: ColumnOptions): ColumnBuilder<string> {
  return describe({ name: 'interval' }, options)
}

/** `string` in lower case. */
export function uuid(options?: ColumnOptions): ColumnBuilder<string> {
  return describe({ name: 'uuid' }, options)
}

/** JSON as it was written; `T` is what it holds. */
export function json<T = unknown>(options?: ColumnOptions): ColumnBuilder<T> {
  return describe({ name: 'json' }, options)
}

/** JSON that the database can look into; `T` is what it holds. */
export function jsonb<T = unknown>(options?: ColumnOptions): ColumnBuilder<T> {
  return describe({ name: 'jsonb' }, options)
}

/** Bytes: `Uint8Array`. */
export function bytea(options?: ColumnOptions): ColumnBuilder<Uint8Array> {
  return describe({ name: 'bytea' }, options)
}

/**
 * A type that only one database has, as it writes it: `native<string>('tsvector')`. Values are what the driver takes and
 * gives. The text is part of the DDL as it stands.
 */
export function native<T = unknown>(sql: string, options?: ColumnOptions): ColumnBuilder<T> {
  if (sql.trim() === '') throw new TypeError('native(sql): name the type')
  return describe({ name: 'native', sql }, options)
}

/** A column of an enum; the value is one of its names. */
export function enumColumn<const Values extends readonly string[]>(
  type: EnumType<Values>,
  options?: ColumnOptions,
): ColumnBuilder<Values[number]> {
  return describe({ name: 'enum', enum: enumFacts(type) }, options)
}

function enumFacts({ name, values, enumSchema: schema }: EnumType): ColumnTypeFacts['enum'] {
  return { name, values, ...(schema === undefined ? {} : { schema }) }
}

function counter<Value>(
  type: ColumnTypeFacts,
  options: ColumnOptions | undefined,
): ColumnBuilder<Value, true, true> {
  return new ColumnBuilder(describe<Value>(type, options).notNull().facts)
}

function describe<Value>(
  type: ColumnTypeFacts,
  options: ColumnOptions | undefined,
): ColumnBuilder<Value> {
  return new ColumnBuilder({
    type: Object.freeze(type),
    name: options?.name,
    notNull: false,
    primaryKey: false,
    unique: false,
    tag: false,
    default: undefined,
    references: undefined,
  })
}

function secondsPrecision(type: string, options: TimeOptions | undefined): number {
  const precision = options?.precision ?? 3
  assertWhole(type, 'precision', precision, { from: 0, to: 6 })
  return precision
}

function assertWhole(
  type: string,
  parameter: string,
  value: number,
  range: { readonly from: number; readonly to: number },
): void {
  if (!Number.isInteger(value) || value < range.from || value > range.to) {
    throw new TypeError(
      `${type}: ${parameter} is a whole number from ${range.from} to ${range.to}, got ${value}`,
    )
  }
}
