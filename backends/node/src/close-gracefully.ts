/** Ends a server so that no request that was sent to it is lost. */

import type { Server, ServerResponse } from 'node:http'
import type { App } from '@mizan/server'

/** How long each step may take. */
export interface CloseOptions {
  /**
   * Milliseconds for which the server goes on taking requests: what is on its way arrives, and a balancer learns to send
   * no more. Behind Kubernetes give it the time that an endpoint takes to be removed, 5 seconds or so. @default 500
   */
  readonly linger?: number
  /** Milliseconds that answers under way may take after that; then their connections are cut. @default 30_000 */
  readonly drain?: number
}

/**
 * First every answer says `Connection: close`, so that clients leave by themselves; then nobody new is let in and what is
 * under way ends; then the app closes. Resolves when all of it is over, for whoever calls it, however often.
 */
export function closeGracefully(
  server: Server,
  app: Pick<App, 'close'>,
  options: CloseOptions = {},
): Promise<void> {
  const closing = underWay.get(server) ?? close(server, app, options)
  underWay.set(server, closing)
  return closing
}

const underWay = new WeakMap<Server, Promise<void>>()

async function close(
  server: Server,
  app: Pick<App, 'close'>,
  { linger = 500, drain = 30_000 }: CloseOptions,
): Promise<void> {
  // Before the listener of the app: it may answer at once.
  server.prependListener('request', leaveAfterAnswer)
  await after(linger)
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  const cut = new AbortController()
  const tooLong = after(drain, cut.signal).then((isOver) => isOver && server.closeAllConnections())
  await closed
  cut.abort()
  await tooLong
  await app.close()
}

/** HTTP/1.1 keeps connections open; a request that comes just as one is cut would be lost. */
function leaveAfterAnswer(_: unknown, res: ServerResponse): void {
  res.shouldKeepAlive = false
}

/** Whether the time has passed, rather than been cut short. */
function after(milliseconds: number, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), milliseconds)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve(false)
    })
  })
}
