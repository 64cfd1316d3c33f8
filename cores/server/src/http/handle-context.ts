/** `GET ctx/<context>/` and its QUERY form. */

import { type ArtifactParam, MizanError, type ProtocolResponse } from '@mizan/protocol'
import { fromTexts, readQuery, textOf } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { type ContextParams, runContext } from '../dispatch/run-context.ts'
import { rememberReads } from '../dispatch/seen-reads.ts'
import { headerOf } from '../request-view.ts'
import { cacheHeaders, type Keepable } from './cache-headers.ts'
import { etagOf, isNoneMatch } from './etag.ts'
import type { Incoming } from './handler.ts'
import { readJson } from './read-json.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import { type Header, respondEmpty, respondJson } from './respond.ts'

/** Answers with the flat object of the context's members, or 304. */
export async function handleContext(
  engine: Engine,
  incoming: Incoming,
  name: string,
): Promise<ProtocolResponse> {
  const { request, exchange } = incoming
  const context = engine.registry.contexts.get(name)
  if (context === undefined) throw new MizanError('NOT_FOUND', 'No such context')
  if (request.method === 'POST') assertUnsafeAllowed(engine, incoming)
  const bundle = await runContext(engine, {
    context,
    readParams: () => readParams(engine, incoming, context.params),
    exchange,
    client: request,
  })
  rememberReads(engine, name, bundle.dataTags)
  const etag = etagOf(bundle.body)
  const kept: Keepable = context.rules.isGuardedByCode
    ? { ...bundle, visibility: 'unstorable' }
    : bundle
  const headers: Header[] = [['etag', etag], ...cacheHeaders(engine, incoming, kept)]
  if (isNoneMatch(headerOf(request, 'if-none-match'), etag)) return respondEmpty(304, headers)
  return respondJson(200, bundle.body, headers)
}

function readParams(
  engine: Engine,
  incoming: Incoming,
  declared: readonly ArtifactParam[],
): ContextParams | Promise<ContextParams> {
  const { request } = incoming
  if (request.method !== 'GET' && request.method !== 'HEAD')
    return readBodyParams(engine, incoming, declared)
  const texts = readQuery(request.query, declared)
  return { values: fromTexts(declared, texts, engine.registry.artifact.$defs), texts }
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
