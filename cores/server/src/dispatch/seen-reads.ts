/** Which tables each context was seen to read: a hint which instances an observed write may have made stale. */

import type { Target } from '@mizan/protocol'
import { everythingTag } from './data-tag.ts'
import type { Engine } from './engine.ts'

const seen = new WeakMap<Engine, Map<string, Set<string>>>()

/** Remembers the tables of a context's data tags. */
export function rememberReads(engine: Engine, context: string, dataTags: readonly string[]): void {
  const contexts = seen.get(engine) ?? new Map<string, Set<string>>()
  const known = contexts.get(context)
  if (known !== undefined && dataTags.length === 0) return
  seen.set(engine, contexts)
  const tables = known ?? new Set<string>()
  contexts.set(context, tables)
  for (const tag of dataTags) tables.add(tableOf(tag))
}

/** Whether the context was seen to read one of the tables of `writes`, here, since this process began. */
export function mayHaveRead(engine: Engine, context: string, writes: readonly string[]): boolean {
  const tables = seen.get(engine)?.get(context)
  if (tables === undefined || writes.length === 0) return false
  // What nobody could place may have been read from any table.
  return tables.has(everythingTag) || writes.some((tag) => tables.has(tableOf(tag)))
}

/**
 * For clients that know no tags: the targets, and the names of the contexts that were seen to read one of the tables of `writes`.
 * A context that a target names is left to it; one that never ran here may have been read in another process, and is named too.
 */
export function withReaders(
  engine: Engine,
  targets: readonly Target[],
  writes: readonly string[],
): readonly Target[] {
  if (writes.length === 0) return targets
  const ran = seen.get(engine)
  const named = new Set(targets.map(({ context }) => context))
  const readers = [...engine.registry.contexts.keys()].filter(
    (context) =>
      !named.has(context) && (ran?.has(context) !== true || mayHaveRead(engine, context, writes)),
  )
  return [...targets, ...readers.sort().map((context) => ({ context }))]
}

function tableOf(tag: string): string {
  const end = tag.indexOf(':')
  return end === -1 ? tag : tag.slice(0, end)
}
