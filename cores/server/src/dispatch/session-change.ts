/** Carries out what `signIn` and `signOut` asked for, once the function has succeeded. */

import type { Exchange } from '../scope.ts'
import type { Engine } from './engine.ts'

/** Without identity nothing was asked for: `signIn` and `signOut` have thrown. */
export async function applySessionChange(engine: Engine, exchange: Exchange): Promise<void> {
  const change = exchange.sessionChange
  if (change === undefined || engine.identity === undefined) return
  exchange.sessionChange = undefined
  exchange.sessionCookie =
    change.signIn === null
      ? await engine.identity.signOut(exchange.identified)
      : await engine.identity.signIn(exchange.identified, change.signIn)
  const { sessionId } = exchange.identified
  if (sessionId !== undefined) engine.live.feed.sessionEnded(sessionId)
}
