/** Gauges of a database's connections, named as OpenTelemetry names them. */

import type { TelemetryMeter } from '@mizan/server'
import type { DriverLoad } from '../client/session-driver.ts'

/** @param pool what tells databases of one app apart */
export function observeLoad(meter: TelemetryMeter, pool: string, load: () => DriverLoad): void {
  const attributes = { 'db.client.connection.pool.name': pool }
  meter
    .createObservableUpDownCounter('db.client.connection.count', {
      description: 'Connections in use',
      unit: '{connection}',
    })
    .addCallback((result) =>
      result.observe(load().used, { ...attributes, 'db.client.connection.state': 'used' }),
    )
  meter
    .createObservableUpDownCounter('db.client.connection.pending_requests', {
      description: 'Waiting for a connection',
      unit: '{request}',
    })
    .addCallback((result) => result.observe(load().waiting, attributes))
}
