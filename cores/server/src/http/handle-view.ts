/** Routes of their own: pages, form targets, webhooks. */

import { MizanError, type ProtocolResponse } from '@mizan/protocol'
import { type Arguments, fromTexts, readArguments, readQuery } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { guard } from '../dispatch/guard.ts'
import { runFunction } from '../dispatch/run-function.ts'
import { runMutation } from '../dispatch/run-mutation.ts'
import { runStream } from '../dispatch/run-stream.ts'
import type { Entry } from '../registry.ts'
import { mediaTypeOf } from '../request-view.ts'
import type { Prepared } from './answer-call.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import { handleViewForm } from './handle-form.ts'
import type { Incoming } from './handler.ts'
import { isForm } from './read-form.ts'
import { readJson } from './read-json.ts'
import { fromWebResponse, type Header, respondEmpty, respondJson } from './respond.ts'
import { respondSettled, type RespondValue } from './respond-settled.ts'
import { respondStream } from './respond-stream.ts'
import type { RouteMatch } from './route-table.ts'

/** Runs the function of a route: params from the path and the query, for unsafe methods also from a JSON body. */
export async function handleView(
  engine: Engine,
  incoming: Incoming,
  match: RouteMatch,
): Promise<ProtocolResponse> {
  const { request, exchange } = incoming
  const { entry } = match
  const safe = request.method === 'GET' || request.method === 'HEAD'
  if (!safe) assertUnsafeAllowed(engine, incoming)
  await guard(entry, exchange.principal, exchange.request)
  if (!safe && isForm(request)) return handleViewForm(engine, incoming, match)
  const args = await readViewArguments(engine, incoming, match)
  return answerView(engine, incoming, { entry, args })
}

/** Runs the function of a route that was prepared. */
export async function answerView(
  engine: Engine,
  incoming: Incoming,
  { entry, args, spool }: Prepared,
): Promise<ProtocolResponse> {
  const { request, exchange } = incoming
  const safe = request.method === 'GET' || request.method === 'HEAD'
  const release = spool?.handOver()
  const respond: RespondValue = (value, headers) => {
    if (!(value instanceof Response)) return respondData(entry, value, headers)
    return fromWebResponse(value, headers, (error) => {
      // A stream that ends because its client left has not failed.
      if (!request.signal.aborted)
        engine.logger.error({ fn: entry.name, error }, 'the body of a view failed half way')
    })
  }
  const mutates = entry.mutates && !safe
  const run = {
    entry,
    exchange,
    kind: 'view' as const,
    mutates,
    signal: request.signal,
    ...(release && { release }),
  }
  if (entry.facts.stream) return respondStream(engine, entry, runStream(engine, run, args))
  if (!mutates) {
    const value = await runFunction(engine, { ...run, values: args.values }).value
    return respond(value, [])
  }
  const settled = await runMutation(engine, run, args)
  return respondSettled(engine, settled, respond)
}

/** Params from the path and the query. */
export function readRouteParams(
  engine: Engine,
  { request }: Incoming,
  { entry, params }: RouteMatch,
): Record<string, unknown> {
  const declared = entry.facts.params
  const texts = new Map([...readQuery(request.query, declared), ...Object.entries(params)])
  return fromTexts(declared, texts, engine.registry.artifact.$defs)
}

async function readViewArguments(
  engine: Engine,
  incoming: Incoming,
  match: RouteMatch,
): Promise<Arguments> {
  const { facts } = match.entry
  const values = readRouteParams(engine, incoming, match)
  const missing = facts.params.some((param) => !Object.hasOwn(values, param.name))
  const body = missing && isJson(incoming) ? await readJson(incoming, engine.limits) : undefined
  const given =
    typeof body === 'object' && body !== null
      ? new Map<string, unknown>(Object.entries(body))
      : new Map<string, unknown>()
  for (const param of facts.params) {
    if (!Object.hasOwn(values, param.name) && given.has(param.name))
      values[param.name] = given.get(param.name)
  }
  return readArguments(match.entry, values)
}

function isJson({ request }: Incoming): boolean {
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD'
  return hasBody && mediaTypeOf(request) === 'application/json'
}

function respondData(entry: Entry, value: unknown, headers: readonly Header[]): ProtocolResponse {
  if (entry.facts.view && value !== undefined) {
    throw new MizanError('INTERNAL', `${entry.name}: a view function returns a Response`)
  }
  const json = JSON.stringify(entry.result.encode(value)) ?? 'null'
  return json === 'null' ? respondEmpty(204, headers) : respondJson(200, json, headers)
}
