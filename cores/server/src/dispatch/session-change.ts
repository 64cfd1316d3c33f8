/** Carries out what `signIn` and `signOut` asked for, once the function has succeeded. */

import type { Exchange } from '../scope.ts'
import type { Engine } from './engine.ts'

/** @throws TypeError when the app has no identity. */
export async function applySessionChange(engine: Engine, exchange: Exchange): Promise<void> {
  const change = exchange.sessionChange
  if (change === undefined) return
  if (engine.identity === undefined)
    throw new TypeError('signIn and signOut need createApp({ identity })')
  exchange.sessionChange = undefined
  exchange.sessionCookie =
    change.signIn === null
      ? await engine.identity.signOut(exchange.identified)
      : await engine.identity.signIn(exchange.identified, change.signIn)
}
