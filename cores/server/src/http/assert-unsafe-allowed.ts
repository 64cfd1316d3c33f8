/** The CSRF rules at the door of every unsafe request (PROTOCOL section 7). */

import type { ProtocolRequest } from '@mizan/protocol'
import type { Engine } from '../dispatch/engine.ts'
import { assertSameOrigin, type Identified } from '../identity/index.ts'

/**
 * A valid header credential passes; everything else must come from our own pages or from no browser.
 *
 * @throws MizanError `FORBIDDEN`
 */
export function assertUnsafeAllowed(engine: Engine, request: ProtocolRequest, identified: Identified): void {
  if (!identified.viaHeader) assertSameOrigin(request, engine.trustedOrigins)
}
