/** Which statements of a connection are prepared: those that come back. */

import type { CompiledQuery } from 'kysely'
import mysql from 'mysql2'

/** Statements that a connection keeps prepared; the driver closes the least recently used. */
export const maximumPrepared = 256
/** Texts that are remembered to have been seen once. */
const maximumSeen = 2000

const preparable: ReadonlySet<string> = new Set([
  'SelectQueryNode',
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
])

/** The texts that a connection has seen. */
export class PreparedTexts {
  readonly #seen = new Set<string>()

  /** Whether a statement is worth a round trip more: not the first time, nor one of no bounded text. */
  pays({ sql, query, parameters }: CompiledQuery): boolean {
    if (!preparable.has(query.kind) || parameters.length > 100) return false
    if (this.#seen.has(sql)) return true
    if (this.#seen.size >= maximumSeen) this.#seen.clear()
    this.#seen.add(sql)
    return false
  }
}

/** Whole numbers travel as such: as doubles, which the driver makes of all, LIMIT would refuse them. */
export function typedParameters(parameters: readonly unknown[]): readonly unknown[] {
  return parameters.map(
    (value) =>
      Number.isSafeInteger(value) ? mysql.TypedParameter.LONGLONG(value as number) : value, // cast: as was asked
  )
}
