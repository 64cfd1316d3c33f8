/** What the page of a context says to those who may keep it: the same as the context's data would. */

import { canonicalTexts, type Arguments } from '../dispatch/arguments.ts'
import { contextRulesOf } from '../dispatch/context-rules.ts'
import type { Engine } from '../dispatch/engine.ts'
import { tagsOfInstance } from '../cache/index.ts'
import type { Entry } from '../registry.ts'
import { narrower, type RunScope } from '../scope.ts'
import { isWhole } from '../view.ts'
import { cacheHeaders, encodeTags } from './cache-headers.ts'
import type { Incoming } from './handler.ts'
import type { Header } from './respond.ts'

/** A page that was made. */
export interface MadePage {
  readonly entry: Entry
  readonly args: Arguments
  readonly scope: RunScope
  readonly value: unknown
}

/**
 * Headers of a page: only of one that is whole, as what a stream will yet read is not known, and only below a context, as
 * only then somebody outside knows what it depends on.
 */
export function pageHeaders(engine: Engine, incoming: Incoming, page: MadePage): Header[] {
  const { entry, args, scope, value } = page
  const { context } = entry.facts
  if (context === undefined || incoming.request.method !== 'GET') return []
  if (!(value instanceof Response) || value.status !== 200 || !isWhole(value)) return []
  const { artifact } = engine.registry
  const params = artifact.contexts[context]?.params ?? []
  const rules = contextRulesOf([entry.facts], params)
  if (rules.ttl === false || rules.isGuardedByCode || incoming.request.signal.aborted) return []
  const texts = canonicalTexts(params, args.wire, artifact.$defs)
  const names = params.map(({ name }) => name)
  const tags = [
    ...new Set([
      ...tagsOfInstance(context, texts, names),
      ...scope.embedded.flatMap((read) => read.tags),
    ]),
  ]
  return cacheHeaders(engine, incoming, {
    visibility: narrower(scope.visibility, rules.widest),
    ttl: Math.min(rules.ttl, ...scope.embedded.map(({ ttl }) => ttl)),
    tags: { tags, encodedTags: encodeTags(tags) },
    dataTags: [...scope.reads],
  }).filter(([name]) => name !== 'x-mizan-tags')
}
