/** Reads a context from inside a function: a page takes what it shows the same way as a client would. */

import { MizanError } from '@mizan/protocol'
import type { Context } from '../context.ts'
import { requireScope, type RunScope } from '../scope.ts'
import { defineToken, type Token } from '../services.ts'
import { toWireParams } from '../wire-params.ts'
import { textOf } from './arguments.ts'
import { toContextInstance } from './context-instance.ts'
import type { Engine } from './engine.ts'
import { runContext } from './run-context.ts'
import { rememberReads } from './seen-reads.ts'

/** What a GET of the context would have answered. */
export interface ContextAnswer {
  /** Wire name. */
  readonly context: string
  /** Texts of the params that are given, by wire name. */
  readonly params: Readonly<Record<string, string>>
  /** Function name → JSON. */
  readonly data: Readonly<Record<string, unknown>>
  readonly etag: string
  /** What `X-Mizan-Tags` would have said; absent when it would not have been there. */
  readonly tags?: readonly string[]
  /** Digest of what the app runs. */
  readonly artifact: string
}

/** Under which an app keeps how its contexts are read. */
export const engineToken: Token<() => Engine> = defineToken('mizan engine')

/**
 * Reads a context through the same guards, checks and cache as a request for it. What the running function returns is kept no
 * longer, and for nobody else, than this.
 *
 * @param params camelCase or wire names
 * @throws MizanError of a guard, of params that do not fit, or of a failing member. TypeError outside a request, and in a
 *   mutation, which must not read what it is about to change
 */
export async function readContext(
  context: Context,
  params: Readonly<Record<string, unknown>> = {},
): Promise<ContextAnswer> {
  const scope = requireScope('readContext')
  if (scope.mutates) {
    throw new TypeError(
      `readContext() was called in ${scope.functionName}, which changes something: read in a page or a context`,
    )
  }
  // cast: createApp puts it there
  const engine = (scope.exchange.container.get(engineToken) as () => Engine)()
  return await read(engine, scope, { name: context.name, values: toWireParams(params) })
}

interface Wanted {
  readonly name: string
  /** JSON by wire name. */
  readonly values: Readonly<Record<string, unknown>>
}

async function read(engine: Engine, scope: RunScope, wanted: Wanted): Promise<ContextAnswer> {
  const { artifact } = engine.registry
  const context = engine.registry.contexts.get(wanted.name)
  if (context === undefined)
    throw new MizanError('NOT_FOUND', `readContext: there is no context "${wanted.name}"`)
  const texts = new Map(
    context.params.flatMap((param) =>
      Object.hasOwn(wanted.values, param.name)
        ? [[param.name, textOf(param, wanted.values[param.name], artifact.$defs)] as const]
        : [],
    ),
  )
  const bundle = await runContext(engine, {
    context,
    readInstance: () => toContextInstance(engine, context, { values: wanted.values, texts }),
    exchange: scope.exchange,
    client: scope,
  })
  rememberReads(engine, context.name, bundle.dataTags)
  scope.taint(bundle.ttl === false ? 'unstorable' : bundle.visibility)
  // What the application itself decides about is asked each time.
  if (context.rules.isGuardedByCode) scope.taint('unstorable')
  for (const tag of bundle.dataTags) scope.observeRead(tag)
  scope.embed({ tags: bundle.instance.tags, ttl: bundle.ttl === false ? 0 : bundle.ttl })
  const tags = engine.tagDigests?.ofReads(bundle.dataTags) ?? []
  return {
    context: context.name,
    params: Object.fromEntries(texts),
    // cast: a bundle is an object of results
    data: JSON.parse(bundle.body) as Record<string, unknown>,
    etag: bundle.instance.etagOf(bundle.body),
    ...(tags.length > 0 && { tags }),
    artifact: artifact.digest,
  }
}
