/** Runs the function of a route, and makes its answer. */

import { MizanError, type ProtocolResponse } from '@mizan/protocol'
import { fromTexts, readQuery } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { runFunction } from '../dispatch/run-function.ts'
import { runMutation } from '../dispatch/run-mutation.ts'
import { runStream } from '../dispatch/run-stream.ts'
import type { Entry } from '../registry.ts'
import type { Prepared } from './answer-call.ts'
import type { Incoming } from './handler.ts'
import { pageHeaders } from './page-headers.ts'
import { fromWebResponse, type Header, respondEmpty, respondJson } from './respond.ts'
import { respondSettled, type RespondValue } from './respond-settled.ts'
import { respondStream } from './respond-stream.ts'
import type { RouteMatch } from './route-table.ts'

/** What the function returns: a `Response`, data as JSON, or 204 for nothing. */
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
    client: request,
    ...(release && { release }),
  }
  if (entry.facts.stream) return respondStream(engine, entry, runStream(engine, run, args))
  if (!mutates) {
    const running = runFunction(engine, { ...run, values: args.values })
    const value = await running.value
    const { scope } = running
    return respond(value, pageHeaders(engine, incoming, { entry, args, scope, value }))
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

function respondData(entry: Entry, value: unknown, headers: readonly Header[]): ProtocolResponse {
  if (entry.facts.view && value !== undefined) {
    throw new MizanError('INTERNAL', `${entry.name}: a view function returns a Response`)
  }
  const json = JSON.stringify(entry.result.encode(value)) ?? 'null'
  return json === 'null' ? respondEmpty(204, headers) : respondJson(200, json, headers)
}
