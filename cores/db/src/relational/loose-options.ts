/** Options of nested queries as they arrive, without their types; some come from outside, as JSON. */

import type { OperationNode, OperationNodeSource } from 'kysely'
import { DbError } from '../errors.ts'
import type { TableFacts } from '../schema/table-facts.ts'

/** How the rows of a relation are fetched. All give the same rows. */
export const strategies = ['lateral', 'correlated', 'grouped', 'windowed', 'split'] as const

/** One of {@link strategies}. */
export type Strategy = (typeof strategies)[number]

type Given<T> = T | ((table: object, operators: object) => T | undefined)

/** Options of one level. */
export interface LooseOptions {
  readonly columns?: Readonly<Record<string, boolean | undefined>> | undefined
  readonly extras?: Given<Readonly<Record<string, OperationNodeSource>>> | undefined
  readonly with?: Readonly<Record<string, boolean | LooseOptions | undefined>> | undefined
  readonly _count?: Readonly<Record<string, boolean | LooseOptions | undefined>> | undefined
  readonly where?: Given<OperationNodeSource> | undefined
  readonly orderBy?: Given<OperationNodeSource | readonly OperationNodeSource[]> | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
  readonly after?: string | undefined
  readonly strategy?: Strategy | undefined
}

/** Options may come from outside, as JSON: then they are plain data, and neither conditions nor functions. */
export function assertOptions(
  options: unknown,
  table: TableFacts,
): asserts options is LooseOptions {
  const of = (value: unknown, name: string): void => {
    if (value === undefined || (typeof value === 'object' && value !== null)) return
    throw new DbError(
      'invalid_options',
      `${name} of "${table.name}" is an object, got ${typeof value}`,
    )
  }
  of(options, 'a query')
  const { columns, with: relations, _count, strategy } = options as LooseOptions // cast: an object
  of(columns, 'columns')
  of(relations, 'with')
  of(_count, '_count')
  if (strategy === undefined || strategies.includes(strategy)) return
  throw new DbError(
    'invalid_options',
    `strategy of "${table.name}" is one of ${strategies.join(', ')}, got "${String(strategy).slice(0, 40)}"`,
  )
}

/** @throws DbError for what is no expression. */
export function expressionIn(name: string, value: unknown): OperationNode | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'object' && value !== null && 'toOperationNode' in value) {
    // cast: checked
    if (typeof value.toOperationNode === 'function')
      return (value as OperationNodeSource).toOperationNode()
  }
  throw new DbError(
    'invalid_options',
    `${name}: a condition or order is made with operators such as eq(table.column, value), got ${typeof value}`,
  )
}

/** @throws DbError for anything else than a number of rows. */
export function wholeNumber(name: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return value
  throw new DbError(
    'invalid_value',
    `${name} is a whole number of rows, got ${String(value).slice(0, 40)}`,
  )
}
