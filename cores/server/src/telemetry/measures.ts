/** The instruments of an app. */

import type { LiveCounts } from '../live/hub.ts'
import type { TelemetryMeter } from './telemetry.ts'

/** What is recorded while requests run. */
export interface Measures {
  readonly requestDuration: ReturnType<TelemetryMeter['createHistogram']>
  readonly callDuration: ReturnType<TelemetryMeter['createHistogram']>
  readonly requests: ReturnType<TelemetryMeter['createUpDownCounter']>
}

/** As the conventions recommend for durations. Seconds. */
const boundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10]

/** Names and units are those of the semantic conventions. */
export function createMeasures(meter: TelemetryMeter): Measures {
  const seconds = { unit: 's', advice: { explicitBucketBoundaries: boundaries } }
  return {
    requestDuration: meter.createHistogram('http.server.request.duration', {
      description: 'Duration of HTTP server requests.',
      ...seconds,
    }),
    callDuration: meter.createHistogram('rpc.server.call.duration', {
      description: 'Duration of functions.',
      ...seconds,
    }),
    requests: meter.createUpDownCounter('http.server.active_requests', {
      description: 'Number of active HTTP server requests.',
      unit: '{request}',
    }),
  }
}

/** What is there can be looked up whenever somebody collects. */
export function observeLive(meter: TelemetryMeter, counts: () => LiveCounts): void {
  for (const name of ['connections', 'subscriptions', 'joins'] as const) {
    meter
      .createObservableUpDownCounter(`mizan.live.${name}`, {
        description: `Live ${name} of this process.`,
        unit: `{${name.slice(0, -1)}}`,
      })
      .addCallback((result) => result.observe(counts()[name]))
  }
}
