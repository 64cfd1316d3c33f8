/** `GET ctx/<context>/` and its QUERY form. */

import { type ArtifactParam, MizanError, type ProtocolResponse } from '@mizan/protocol'
import { fromTexts, readQuery, textOf } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import {
  type ContextInstance,
  type ContextParams,
  toContextInstance,
} from '../dispatch/context-instance.ts'
import { type Bundle, runContext } from '../dispatch/run-context.ts'
import { rememberReads } from '../dispatch/seen-reads.ts'
import type { ContextEntry } from '../registry.ts'
import { headerOf } from '../request-view.ts'
import { andThen, type Soon } from '../soon.ts'
import { cacheHeaders } from './cache-headers.ts'
import { isNoneMatch } from './etag.ts'
import type { Incoming } from './handler.ts'
import { readJson } from './read-json.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import { type Header, respondEmpty, respondJson } from './respond.ts'

/** Answers with the flat object of the context's members, or 304. */
export function handleContext(
  engine: Engine,
  incoming: Incoming,
  name: string,
): Soon<ProtocolResponse> {
  const { request, exchange } = incoming
  const context = engine.registry.contexts.get(name)
  if (context === undefined) throw new MizanError('NOT_FOUND', 'No such context')
  if (request.method === 'POST') assertUnsafeAllowed(engine, incoming)
  const running = runContext(engine, {
    context,
    readInstance: () => readInstance(engine, incoming, context),
    exchange,
    client: request,
  })
  return andThen(running, (bundle) => respondBundle(engine, incoming, { context, bundle }))
}

function respondBundle(
  engine: Engine,
  incoming: Incoming,
  { context, bundle }: { readonly context: ContextEntry; readonly bundle: Bundle },
): ProtocolResponse {
  rememberReads(engine, context.name, bundle.dataTags)
  const { instance, dataTags, ttl } = bundle
  const etag = instance.etagOf(bundle.body)
  const visibility = context.rules.isGuardedByCode ? 'unstorable' : bundle.visibility
  const headers: readonly Header[] = [
    ['etag', etag],
    ...cacheHeaders(engine, incoming, { tags: instance, visibility, dataTags, ttl }),
  ]
  if (isNoneMatch(headerOf(incoming.request, 'if-none-match'), etag))
    return respondEmpty(304, headers)
  return respondJson(200, bundle.body, headers)
}

function readInstance(
  engine: Engine,
  incoming: Incoming,
  context: ContextEntry,
): Soon<ContextInstance> {
  const { request } = incoming
  if (request.method === 'GET' || request.method === 'HEAD') {
    return (
      context.instances.find(request.query) ?? readQueryInstance(engine, request.query, context)
    )
  }
  return readBodyParams(engine, incoming, context.params).then((params) =>
    toContextInstance(engine, context, params),
  )
}

function readQueryInstance(
  engine: Engine,
  query: string,
  context: ContextEntry,
): Soon<ContextInstance> {
  const texts = readQuery(query, context.params)
  const values = fromTexts(context.params, texts, engine.registry.artifact.$defs)
  return andThen(toContextInstance(engine, context, { values, texts }), (instance) => {
    context.instances.remember(query, instance)
    return instance
  })
}

async function readBodyParams(
  engine: Engine,
  incoming: Incoming,
  declared: readonly ArtifactParam[],
): Promise<ContextParams> {
  const { $defs } = engine.registry.artifact
  const body = await readJson(incoming, engine.limits)
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new MizanError('BAD_REQUEST', 'the body of a QUERY is an object of params')
  }
  const given = new Map<string, unknown>(Object.entries(body))
  const values = Object.fromEntries(
    declared.flatMap((param) =>
      given.has(param.name) ? [[param.name, given.get(param.name)]] : [],
    ),
  )
  const texts = declared.flatMap((param) =>
    given.has(param.name)
      ? [[param.name, textOf(param, given.get(param.name), $defs)] as const]
      : [],
  )
  return { values, texts: new Map(texts) }
}
