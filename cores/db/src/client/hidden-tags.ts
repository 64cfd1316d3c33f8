/** Tags of what statements do beside what they say. */

import { tablesChangedByKeys } from '../query/key-actions.ts'
import { everything, tableTag, unplacedTag } from '../query/tags.ts'
import type { HiddenEffects } from '../schema/hidden-effects.ts'
import type { Schema } from '../schema/schema.ts'
import type { TableFacts } from '../schema/table-facts.ts'

/** What stands behind a table that is read, where it is a view. */
export function hiddenReadTags(table: TableFacts, hidden: HiddenEffects): ReadonlySet<string> {
  const tags = new Set<string>()
  const seen = new Set([table])
  for (const one of seen) {
    const behind = hidden.readThrough(one)
    if (behind === undefined) return new Set([everything])
    for (const next of behind) if (!seen.has(next)) seen.add(next)
    if (behind.length > 0) for (const next of behind) tags.add(tableTag(next))
  }
  return tags
}

/** What triggers and views change when rows of `tables` change: each of them, and what follows from that. */
export function hiddenWriteTags(
  tables: Iterable<TableFacts>,
  schema: Schema,
  hidden: HiddenEffects,
): ReadonlySet<string> {
  const tags = new Set<string>()
  const seen = new Set(tables)
  const reach = (table: TableFacts): void => {
    tags.add(tableTag(table)).add(unplacedTag(table))
    seen.add(table)
  }
  for (const one of seen) {
    const changed = [hidden.changedByTriggersOf(one), hidden.readThrough(one)]
    for (const reached of changed) {
      if (reached === undefined) return new Set([everything])
      for (const table of reached) {
        reach(table)
        // Nobody knows what is done to its rows.
        for (const how of ['delete', new Set(table.columns.values())] as const)
          for (const child of tablesChangedByKeys(table, how, schema)) reach(child)
      }
    }
  }
  return tags
}
