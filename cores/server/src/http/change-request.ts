/** A request that differs from one that came. */

import type { ProtocolRequest } from '@mizan/protocol'

/** The same request with other parts. A backend's request may be of a class, whose getters `...` would leave behind. */
export function changeRequest(
  request: ProtocolRequest,
  changes: Partial<ProtocolRequest>,
): ProtocolRequest {
  const { method, path, query, headers, body, parsed, address, upgradable } = request
  return {
    method,
    path,
    query,
    headers,
    body,
    ...(parsed === undefined ? {} : { parsed }),
    ...(address === undefined ? {} : { address }),
    ...(upgradable === undefined ? {} : { upgradable }),
    signal: changes.signal ?? request.signal,
    ...changes,
  }
}
