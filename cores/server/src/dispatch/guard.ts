/** Guards: who may run a function. */

import { MizanError } from '@mizan/protocol'
import type { Principal } from '../identity/index.ts'
import type { Entry } from '../registry.ts'
import type { RequestView } from '../request-view.ts'

/**
 * Lets pass or throws. Guards run on every request, before the cache; what they read makes nothing private.
 *
 * @returns a promise where the application's own guard decides
 * @throws MizanError `UNAUTHORIZED` for an anonymous caller, `FORBIDDEN` for one who may not
 */
export function guard(
  entry: Entry,
  principal: Principal | undefined,
  request: RequestView,
): Promise<void> | undefined {
  const { auth } = entry.options
  if (auth === undefined) return undefined
  if (principal === undefined) throw new MizanError('UNAUTHORIZED', `${entry.name}: sign in first`)
  if (typeof auth === 'function') return ask(entry, async () => auth(principal, request))
  const isAdmitted =
    auth === true ||
    (auth === 'staff' && (principal.staff || principal.superuser)) ||
    (auth === 'superuser' && principal.superuser)
  if (!isAdmitted) throw forbidden(entry)
  return undefined
}

async function ask(entry: Entry, decide: () => Promise<boolean>): Promise<void> {
  if ((await decide()) !== true) throw forbidden(entry)
}

function forbidden({ name }: Entry): MizanError {
  return new MizanError('FORBIDDEN', `${name}: you may not do this`)
}
