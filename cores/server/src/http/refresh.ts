/** Single flight: what a call made stale of what its client shows comes back with the answer (PROTOCOL section 5). */

import { canonicalJson, reaches, type Target } from '@mizan/protocol'
import { fromTexts } from '../dispatch/arguments.ts'
import { toContextInstance } from '../dispatch/context-instance.ts'
import type { Engine } from '../dispatch/engine.ts'
import { type Bundle, runContext } from '../dispatch/run-context.ts'
import type { Invalidated } from '../dispatch/run-mutation.ts'
import { mayHaveRead } from '../dispatch/seen-reads.ts'
import { toTarget } from '../dispatch/targets.ts'
import { changeRequest } from './change-request.ts'
import { createExchange, recognise } from './create-exchange.ts'
import type { Incoming } from './handler.ts'

/** As many instances are read again; the client asks for the others itself. */
const most = 8
/** Milliseconds that an answer is held back for them. */
const patience = 2_000

/**
 * The elements of `refreshed`, as JSON. Each instance is read in a fresh scope with the checks of a GET, after the commit;
 * one that fails, or takes too long, is left out.
 */
export async function refresh(
  engine: Engine,
  incoming: Incoming,
  { mounted, invalidated }: { mounted: readonly Target[]; invalidated: Invalidated },
): Promise<string[]> {
  const stale = staleOf(engine, mounted, invalidated)
  if (stale.length === 0) return []
  const over = AbortSignal.any([incoming.request.signal, AbortSignal.timeout(patience)])
  const late = new Promise<undefined>((resolve) =>
    over.addEventListener('abort', () => resolve(undefined), { once: true }),
  )
  const reads = stale.map(async (candidate) => {
    try {
      return await Promise.race([read(engine, incoming, { candidate, invalidated, over }), late])
    } catch {
      return undefined
    }
  })
  return (await Promise.all(reads)).filter((json) => json !== undefined)
}

interface Candidate {
  readonly instance: Target
  /** Reached by a target; otherwise only its data tags can tell. */
  readonly isReached: boolean
}

function staleOf(
  engine: Engine,
  mounted: readonly Target[],
  { targets, writes }: Invalidated,
): Candidate[] {
  const distinct = [
    ...new Map(mounted.map((instance) => [canonicalJson(instance), instance])).values(),
  ]
  const candidates = distinct
    .filter(({ context }) => engine.registry.contexts.has(context))
    .map((instance): Candidate => {
      const isReached = targets.some(
        (target) => target.context === instance.context && reaches(target, instance.params ?? {}),
      )
      return { instance, isReached }
    })
  return [
    ...candidates.filter(({ isReached }) => isReached),
    ...candidates.filter(
      ({ instance, isReached }) => !isReached && mayHaveRead(engine, instance.context, writes),
    ),
  ].slice(0, most)
}

interface Reading {
  readonly candidate: Candidate
  readonly invalidated: Invalidated
  readonly over: AbortSignal
}

async function read(
  engine: Engine,
  incoming: Incoming,
  { candidate, invalidated, over }: Reading,
): Promise<string | undefined> {
  const { context: name, params = {} } = candidate.instance
  const context = engine.registry.contexts.get(name)
  if (context === undefined) return undefined
  const texts = new Map(Object.entries(params).map(([key, text]) => [key, String(text)]))
  // Of a call, what describes its body is no header of a GET.
  const headers = Object.fromEntries(
    Object.entries(incoming.request.headers).filter(([key]) => !key.startsWith('content-')),
  )
  const request = changeRequest(incoming.request, {
    method: 'GET',
    path: `${incoming.base}/ctx/${name}/`,
    query: new URLSearchParams([...texts]).toString(),
    headers,
    body: null,
    parsed: undefined,
    signal: over,
  })
  const exchange = createExchange(engine, request, await recognise(engine, request))
  if (exchange.identified.refusal !== undefined) return undefined
  const { contexts, $defs } = engine.registry.artifact
  const declared = contexts[name]?.params ?? []
  const values = fromTexts(declared, texts, $defs)
  const bundle = await runContext(engine, {
    context,
    readInstance: () => toContextInstance(engine, context, { values, texts }),
    exchange,
    client: { signal: over },
  })
  const isStale =
    candidate.isReached || bundle.dataTags.some((tag) => invalidated.writes.includes(tag))
  if (!isStale || over.aborted) return undefined
  return toJson(engine, toTarget({ context: name }, values, engine.registry.artifact), bundle)
}

function toJson(engine: Engine, { context, params }: Target, bundle: Bundle): string {
  const { body, dataTags, instance } = bundle
  const tags = engine.tagDigests?.ofReads(dataTags) ?? []
  return [
    `{"context":${JSON.stringify(context)}`,
    `"data":${body}`,
    `"etag":${JSON.stringify(instance.etagOf(body))}`,
    ...(params === undefined ? [] : [`"params":${canonicalJson(params)}`]),
    ...(tags.length === 0 ? [] : [`"tags":${JSON.stringify(tags)}`]),
  ]
    .join(',')
    .concat('}')
}
