/** What a statement read, as data tags. */

import type { QueryResult } from 'kysely'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import type { Analysis, KeyPlace, Place, TableRead } from '../query/analysis.ts'
import { everything, tableTag, unplacedTag, valueTag } from '../query/tags.ts'
import type { HiddenEffects } from '../schema/hidden-effects.ts'
import { hiddenReadTags } from './hidden-tags.ts'
import { haveSameKeys, maximumKeys, selectKeys, takeKeys } from './select-keys.ts'
import type { DataScope } from './scope-port.ts'
import type { Statement, StatementLayer } from './statement.ts'

/** A read whose values are those of other rows. */
export interface KeyedRead extends TableRead {
  readonly place: KeyPlace
}

/** The tags of a statement. */
export interface ReadTags {
  /** Those that the statement itself tells. */
  readonly certain: Set<string>
  /** Whose tags the database has to tell. */
  readonly keyed: readonly KeyedRead[]
}

/** What a statement reads, as far as it says so itself. */
export function readTags(analysis: Analysis | undefined, hidden: HiddenEffects): ReadTags {
  if (analysis === undefined) return { certain: new Set([everything]), keyed: [] }
  const certain = new Set(analysis.opaque === 'no' ? [] : [everything])
  const keyed: KeyedRead[] = []
  for (const read of analysis.reads) {
    const { table, equals, place } = read
    if (!hidden.isEmpty) for (const tag of hiddenReadTags(table, hidden)) certain.add(tag)
    if (place?.kind === 'keys' && isKnown(place.of)) {
      keyed.push({ ...read, place })
      continue
    }
    if (place?.kind === 'list') addPlaced(certain, read, place.values)
    else addPlaced(certain, read, equals === undefined ? undefined : [equals.value])
  }
  return { certain, keyed }
}

/** What {@link observeKeyed} works with. */
export interface ObserveKeyedOptions extends ReadTags {
  readonly scope: DataScope
  readonly dialect: DialectPackage
}

/**
 * Runs a statement, and asks which keys its tables were joined by. Other keys a moment later do no harm: the rows that they stand
 * in have been read by the statement, so that whoever changes them ends what was made of it.
 */
export async function observeKeyed(
  statement: Statement,
  next: Parameters<StatementLayer>[1],
  { scope, certain, keyed, dialect }: ObserveKeyedOptions,
): Promise<QueryResult<unknown>> {
  let rest = keyed
  try {
    const result = await next(statement)
    const asked: { place: KeyPlace; values: Promise<readonly unknown[] | undefined> }[] = []
    for (const read of keyed) {
      const { place } = read
      let known = asked.find((one) => haveSameKeys(one.place, place))
      if (known === undefined) {
        // Its result is there, whatever becomes of this.
        const values = askKeys(statement, next, { place, dialect }).catch(() => undefined)
        known = { place, values }
        asked.push(known)
      }
      addPlaced(certain, read, await known.values)
    }
    rest = []
    return result
  } finally {
    // What was not told may be any row.
    for (const { table } of rest) certain.add(tableTag(table))
    scope.observe({ reads: [...certain], writes: [] })
  }
}

async function askKeys(
  statement: Statement,
  next: Parameters<StatementLayer>[1],
  { place, dialect }: { readonly place: KeyPlace; readonly dialect: DialectPackage },
): Promise<readonly unknown[] | undefined> {
  const analysis: Analysis = { output: undefined, reads: [], writes: [], opaque: 'no' }
  const node = selectKeys(place, dialect)
  const { rows } = await next({ ...statement, node, analysis })
  return takeKeys(rows, place, dialect)
}

/** @param values of the column that places the read; undefined: unknown, or too many */
function addPlaced(
  tags: Set<string>,
  { table, equals, place }: TableRead,
  values: readonly unknown[] | undefined,
): void {
  const column = equals?.column ?? place?.column
  // No row is found by `= NULL`.
  const placed = values
    ?.filter((value) => value !== null)
    .map((value) => column && valueTag(column, value))
  if (placed === undefined || placed.length > maximumKeys || placed.includes(undefined)) {
    tags.add(tableTag(table))
    return
  }
  tags.add(unplacedTag(table))
  for (const tag of placed) if (tag !== undefined) tags.add(tag)
}

/** Whether the values are such as the database compares with. */
function isKnown(place: Place): boolean {
  if (place.kind === 'keys') return isKnown(place.of)
  const values = place.kind === 'list' ? place.values : [place.value]
  return values.every((value) => value === null || valueTag(place.column, value) !== undefined)
}
