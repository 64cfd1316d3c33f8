/** Who may join a channel, and who may send to it. */

import { MizanError } from '@mizan/protocol'
import type { Exchange } from '../scope.ts'
import { withServices } from '../services.ts'
import type { ChannelInstance } from './channel-registry.ts'
import type { ChannelGuard } from './define-channel.ts'

/**
 * Lets pass or throws.
 *
 * @throws MizanError `UNAUTHORIZED` for an anonymous caller, `FORBIDDEN` for one who may not
 */
export async function admit(
  guard: ChannelGuard<unknown> | undefined,
  { entry, params }: ChannelInstance,
  { principal, request, container }: Exchange,
): Promise<void> {
  if (guard === 'anyone') return
  if (guard === undefined)
    throw new MizanError('FORBIDDEN', `${entry.name}: only the server sends here`)
  if (principal === undefined) throw new MizanError('UNAUTHORIZED', `${entry.name}: sign in first`)
  const admitted =
    guard === true ||
    (guard === 'staff' && (principal.staff || principal.superuser)) ||
    (guard === 'superuser' && principal.superuser) ||
    (typeof guard === 'function' &&
      (await withServices(container, () => guard(principal, params, request))) === true)
  if (!admitted) throw new MizanError('FORBIDDEN', `${entry.name}: you may not do this`)
}
