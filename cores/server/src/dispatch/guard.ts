/** Guards: who may run a function. */

import { MizanError } from '@mizan/protocol'
import type { Principal } from '../identity/index.ts'
import type { Entry } from '../registry.ts'
import type { RequestView } from '../request-view.ts'

/**
 * Lets pass or throws. Guards run on every request, before the cache; what they read makes nothing private.
 *
 * @throws MizanError `UNAUTHORIZED` for an anonymous caller, `FORBIDDEN` for one who may not
 */
export async function guard(
  entry: Entry,
  principal: Principal | undefined,
  request: RequestView,
): Promise<void> {
  const { auth } = entry.options
  if (auth === undefined) return
  if (principal === undefined) throw new MizanError('UNAUTHORIZED', `${entry.name}: sign in first`)
  const admitted =
    auth === true ||
    (auth === 'staff' && (principal.staff || principal.superuser)) ||
    (auth === 'superuser' && principal.superuser) ||
    (typeof auth === 'function' && (await auth(principal, request)) === true)
  if (!admitted) throw new MizanError('FORBIDDEN', `${entry.name}: you may not do this`)
}
