/** Routes of their own: pages, form targets, webhooks. */

import type { ProtocolResponse } from '@mizan/protocol'
import { type Arguments, readArguments } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { guard } from '../dispatch/guard.ts'
import { mediaTypeOf } from '../request-view.ts'
import { answerView, readRouteParams } from './answer-view.ts'
import { assertUnsafeAllowed } from './assert-unsafe-allowed.ts'
import { handleViewForm } from './handle-form.ts'
import type { Incoming } from './handler.ts'
import { isForm } from './read-form.ts'
import { readJson } from './read-json.ts'
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
