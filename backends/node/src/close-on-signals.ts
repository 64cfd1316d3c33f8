/** Ends a server when the process is told to end. */

import type { Server } from 'node:http'
import type { App } from '@mizan/server'
import { closeGracefully, type CloseOptions } from './close-gracefully.ts'

/** Which signals, and how long each step may take. */
export interface CloseOnSignalsOptions extends CloseOptions {
  /** @default SIGTERM and SIGINT */
  readonly signals?: readonly NodeJS.Signals[]
}

/**
 * On the first signal the server ends gracefully, and the process with it as soon as nothing else holds it; a second one
 * ends it at once, as if nobody listened.
 *
 * @returns takes the listeners off again
 */
export function closeOnSignals(
  server: Server,
  app: Pick<App, 'close'>,
  { signals = ['SIGTERM', 'SIGINT'], ...options }: CloseOnSignalsOptions = {},
): () => void {
  const off = (): void => {
    for (const signal of signals) process.off(signal, close)
  }
  const close = (): void => {
    off()
    void closeGracefully(server, app, options)
  }
  for (const signal of signals) process.on(signal, close)
  return off
}
