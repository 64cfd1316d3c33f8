/** Which tables each context was seen to read: a hint which instances an observed write may have made stale. */

import type { Engine } from './engine.ts'

const seen = new WeakMap<Engine, Map<string, Set<string>>>()

/** Remembers the tables of a context's data tags. */
export function rememberReads(engine: Engine, context: string, dataTags: readonly string[]): void {
  if (dataTags.length === 0) return
  const contexts = seen.get(engine) ?? new Map<string, Set<string>>()
  seen.set(engine, contexts)
  const tables = contexts.get(context) ?? new Set<string>()
  contexts.set(context, tables)
  for (const tag of dataTags) tables.add(tableOf(tag))
}

/** Whether the context was seen to read one of the tables of `writes`, here, since this process began. */
export function mayHaveRead(engine: Engine, context: string, writes: readonly string[]): boolean {
  const tables = seen.get(engine)?.get(context)
  return tables !== undefined && writes.some((tag) => tables.has(tableOf(tag)))
}

function tableOf(tag: string): string {
  const end = tag.indexOf(':')
  return end === -1 ? tag : tag.slice(0, end)
}
