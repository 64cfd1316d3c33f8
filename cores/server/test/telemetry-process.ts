/**
 * An app with the real SDK of OpenTelemetry, in a process of its own: Vitest has Node take the entry of the API for bundlers,
 * whose imports Node cannot follow. Prints the spans of each request, and the metrics of all of them.
 */

import { context, propagation, trace, metrics as metricsApi } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { liveApp } from './live-app.ts'
import { call, send } from './send.ts'
import { connect } from './socket.ts'

const exporter = new InMemorySpanExporter()
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }),
)
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
propagation.setGlobalPropagator(new W3CTraceContextPropagator())
const exported = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
const reader = new PeriodicExportingMetricReader({
  exporter: exported,
  exportIntervalMillis: 1_000_000,
})
metricsApi.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }))

const app = liveApp({
  telemetry: {
    tracer: trace.getTracer('test'),
    meter: metricsApi.getMeter('test'),
    api: { context, propagation },
  },
})

async function spansOf(run: () => Promise<unknown>): Promise<unknown> {
  exporter.reset()
  await run()
  return exporter.getFinishedSpans().map((span) => ({
    name: span.name,
    kind: span.kind,
    attributes: span.attributes,
    status: span.status.code,
    events: span.events.map(({ name }) => name),
    trace: span.spanContext().traceId,
    id: span.spanContext().spanId,
    parent: span.parentSpanContext?.spanId,
  }))
}

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
const spans = {
  call: await spansOf(() =>
    call(app, 'echo', { text: 'x' }, { traceparent, 'user-agent': 'test' }),
  ),
  fault: await spansOf(() => call(app, 'fail', { item_id: 1 })),
  missing: await spansOf(() => call(app, 'no_such')),
  names: await spansOf(async () => {
    await send(app, '/api/mizan/ctx/item/?item_id=5')
    await send(app, '/api/mizan/ctx/nope/')
    await send(app, '/api/mizan/a/b/c/', { method: 'BREW' })
  }),
  socket: await spansOf(async () => {
    const socket = await connect(app)
    await socket.ask({ id: 1, call: { fn: 'echo', args: { text: 'x' } } })
    await socket.ask({ id: 2, subscribe: { context: 'item', params: { item_id: 1 } } })
  }),
}
await reader.forceFlush()
const metrics = exported
  .getMetrics()
  .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((scope) => scope.metrics))
  .map(({ descriptor, dataPoints }) => ({
    name: descriptor.name,
    unit: descriptor.unit,
    points: dataPoints.map(({ attributes, value }) => ({
      attributes,
      value: typeof value === 'number' ? value : value.count,
    })),
  }))
await app.close()
await reader.shutdown()
process.stdout.write(JSON.stringify({ spans, metrics }))
