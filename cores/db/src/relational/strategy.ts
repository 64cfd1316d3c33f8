/** Which way the rows of a relation are fetched: from the schema and the shape of the query alone. */

import { DbError } from '../errors.ts'
import type { LevelPlace, PlanContext, RelatedLevel } from './level.ts'
import type { Strategy } from './loose-options.ts'
import { isIndexed } from './unique-rows.ts'

/**
 * - `lateral` and `correlated` look the rows up for each outer row: right where an index finds them, or there is one outer
 *   row. The same thing in FROM and in the SELECT list; a dialect without LATERAL has the second only.
 * - `grouped` reads the related table once and groups it by the key: right where each look-up would read all of it.
 * - `windowed` is that with a limit in each group.
 * - `split` asks again with the keys that were found, in the same snapshot. Never chosen, for it takes one round trip more.
 *
 * @throws DbError for a strategy that the dialect or the query does not allow.
 */
export function chooseStrategy(
  related: Omit<RelatedLevel, 'strategy'>,
  { dialect, canSplit }: PlanContext,
  { strategy, isOnce }: LevelPlace,
): Strategy {
  const { level, kind } = related
  const lookUp: Strategy = dialect.json.lateral && kind === 'many' ? 'lateral' : 'correlated'
  const isPaged = level.limit !== undefined || level.offset !== undefined
  const inOnePass: Strategy = isPaged ? 'windowed' : 'grouped'
  const inner = [...level.relations, ...level.counts].map((one) => one.strategy)
  if (level.looksOut) {
    if (strategy === undefined || isLookUp(strategy)) return wantedLookUp(strategy, dialect.json)
    throw unsupported(related, strategy, 'its conditions speak of the rows around it')
  }
  if (inner.includes('split')) return kind === 'count' ? lookUp : 'split'
  if (strategy === 'split') {
    if (canSplit && kind !== 'count' && hasExactKeys(related, dialect.capabilities)) return 'split'
    return lookUp
  }
  if (strategy === 'grouped' || strategy === 'windowed') return inOnePass
  if (strategy !== undefined) return wantedLookUp(strategy, dialect.json)
  if (isOnce) return lookUp
  // What is read in one pass inside a look-up would be read once for each row.
  if (inner.includes('grouped') || inner.includes('windowed')) return inOnePass
  return isIndexed(related.links.map((link) => link.inner)) ? lookUp : inOnePass

  function wantedLookUp(
    wanted: Strategy | undefined,
    json: { readonly lateral: boolean },
  ): Strategy {
    if (wanted === 'lateral' && !json.lateral)
      throw unsupported(related, wanted, `${dialect.name} has no LATERAL; use "correlated"`)
    return wanted ?? lookUp
  }
}

function isLookUp(strategy: Strategy): boolean {
  return strategy === 'lateral' || strategy === 'correlated'
}

const exactTypes: ReadonlySet<string> = new Set([
  'serial',
  'bigserial',
  'smallint',
  'integer',
  'bigint',
  'uuid',
  'boolean',
])

/** Rows are matched in JavaScript: only where its equality is the database's. */
function hasExactKeys(
  related: Omit<RelatedLevel, 'strategy'>,
  { exactTextEquality }: PlanContext['dialect']['capabilities'],
): boolean {
  return related.links.every(({ inner }) => {
    const { name } = inner.facts.type
    return exactTypes.has(name) || (exactTextEquality && (name === 'text' || name === 'varchar'))
  })
}

function unsupported(
  { name }: Omit<RelatedLevel, 'strategy'>,
  strategy: Strategy,
  reason: string,
): DbError {
  return new DbError(
    'unsupported_strategy',
    `strategy "${strategy}" is not possible for the relation "${name}": ${reason}`,
  )
}
