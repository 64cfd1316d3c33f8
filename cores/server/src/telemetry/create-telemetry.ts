/** Spans and metrics of requests and functions, by the semantic conventions of OpenTelemetry for HTTP and RPC. */

import {
  type Layer,
  MizanError,
  type ProtocolRequest,
  type ProtocolResponse,
} from '@mizan/protocol'
import type { RunScope, Scope } from '../scope.ts'
import { createMeasures, type Measures } from './measures.ts'
import { type RouteNames, routeOf } from './route-of.ts'
import type {
  TelemetryApi,
  TelemetryAttributes,
  TelemetryContext,
  TelemetryOptions,
  TelemetrySpan,
  TelemetryTracer,
} from './telemetry.ts'

/** What telemetry does in an app. */
export interface Telemetry {
  /** Around each request. */
  request(request: ProtocolRequest, run: () => Promise<ProtocolResponse>): Promise<ProtocolResponse>
  /** Around each function, outside of every other layer. */
  readonly layer: Layer<Scope, unknown>
}

const methods: ReadonlySet<string> = new Set(
  'CONNECT DELETE GET HEAD OPTIONS PATCH POST PUT QUERY TRACE'.split(' '),
)

interface Tracing {
  readonly tracer: TelemetryTracer
  readonly api: TelemetryApi
}

/** @throws TypeError for a tracer without the api, as no span would find its parent */
export function createTelemetry(options: TelemetryOptions, routes: RouteNames): Telemetry {
  const { tracer, meter, api } = options
  if (tracer !== undefined && api === undefined) {
    throw new TypeError(
      "createApp({ telemetry }): a tracer needs api: { context, propagation } of '@opentelemetry/api'",
    )
  }
  const tracing: Tracing | undefined =
    tracer === undefined || api === undefined ? undefined : { tracer, api }
  const measures = meter === undefined ? undefined : createMeasures(meter)
  /** Functions run in a clean async scope, where no context is active. */
  const contexts = new WeakMap<ProtocolRequest, TelemetryContext>()

  return {
    async request(request, run) {
      const method = methods.has(request.method) ? request.method : '_OTHER'
      const route = routeOf(routes, request)
      const attributes = {
        'http.request.method': method,
        'url.scheme': schemeOf(request),
        ...(route === undefined ? {} : { 'http.route': route }),
      }
      const answered = (): Promise<ProtocolResponse> => measured(measures, attributes, run)
      if (tracing === undefined) return answered()
      const { context, propagation } = tracing.api
      const parent = propagation.extract(context.active(), request.headers)
      const name = method === '_OTHER' ? 'HTTP' : method
      return tracing.tracer.startActiveSpan(
        route === undefined ? name : `${name} ${route}`,
        { kind: 1, attributes: { ...attributes, ...detailsOf(request, method) } },
        parent,
        async (span) => {
          contexts.set(request, context.active())
          try {
            const response = await answered()
            span.setAttribute('http.response.status_code', response.status)
            if (response.status >= 500) fail(span, String(response.status))
            return response
          } finally {
            span.end()
          }
        },
      )
    },

    async layer(scope, next) {
      const { incoming } = (scope as RunScope).exchange // cast: every scope of a run is one
      const attributes = {
        'rpc.system.name': 'mizan',
        'rpc.method': scope.functionName,
        'mizan.run': scope.kind,
      }
      if (tracing === undefined) return ranFor(measures, attributes, () => next(scope))
      const known = incoming === undefined ? undefined : contexts.get(incoming)
      const parent = known ?? tracing.api.context.active()
      // Over HTTP the request is what came from outside; over a socket there is nothing around it.
      const kind = scope.kind === 'socket' ? 1 : 0
      return tracing.tracer.startActiveSpan(
        scope.functionName,
        { kind, attributes },
        parent,
        async (span) => {
          try {
            return await ranFor(measures, attributes, () => next(scope))
          } catch (error) {
            const code = codeOf(error)
            span.setAttribute('rpc.status_code', code)
            // What the client did wrong is no fault of the server.
            if (!(error instanceof MizanError) || error.status >= 500) fail(span, code, error)
            throw error
          } finally {
            span.end()
          }
        },
      )
    },
  }
}

async function measured(
  measures: Measures | undefined,
  attributes: TelemetryAttributes,
  run: () => Promise<ProtocolResponse>,
): Promise<ProtocolResponse> {
  if (measures === undefined) return run()
  const { 'http.route': _, ...active } = attributes
  measures.requests.add(1, active)
  const started = performance.now()
  try {
    const response = await run()
    measures.requestDuration.record((performance.now() - started) / 1000, {
      ...attributes,
      'http.response.status_code': response.status,
      ...(response.status >= 500 ? { 'error.type': String(response.status) } : {}),
    })
    return response
  } finally {
    measures.requests.add(-1, active)
  }
}

async function ranFor(
  measures: Measures | undefined,
  attributes: TelemetryAttributes,
  run: () => Promise<unknown>,
): Promise<unknown> {
  if (measures === undefined) return run()
  const started = performance.now()
  const record = (more: TelemetryAttributes): void =>
    measures.callDuration.record((performance.now() - started) / 1000, { ...attributes, ...more })
  try {
    const value = await run()
    record({ 'rpc.status_code': 'OK' })
    return value
  } catch (error) {
    const code = codeOf(error)
    record({ 'rpc.status_code': code, 'error.type': code })
    throw error
  }
}

function detailsOf(request: ProtocolRequest, method: string): TelemetryAttributes {
  const { address, headers, path } = request
  const agent = headers['user-agent']
  return {
    // The query may hold what nobody should read in a trace.
    'url.path': path,
    ...(address === undefined ? {} : { 'client.address': address }),
    ...(typeof agent === 'string' ? { 'user_agent.original': agent.slice(0, 200) } : {}),
    ...(method === '_OTHER' ? { 'http.request.method_original': request.method.slice(0, 40) } : {}),
  }
}

/** Behind a proxy nobody knows, and nobody is asked who may lie. */
function schemeOf({ headers }: ProtocolRequest): string {
  return headers[':scheme'] === 'https' ? 'https' : 'http'
}

function codeOf(error: unknown): string {
  return error instanceof MizanError ? error.code : 'INTERNAL'
}

function fail(span: TelemetrySpan, type: string, error?: unknown): void {
  span.setAttribute('error.type', type)
  if (error instanceof Error) span.recordException(error)
  span.setStatus({ code: 2 })
}
