/** What a client says it shows: `X-Mizan-Mounted`. */

import { headerNames, parseInvalidate, type ProtocolRequest, type Target } from '@mizan/protocol'
import { headerOf } from '../request-view.ts'

/** A client fills 2 kB; what is longer than that by far was not made by one. */
const maximumLength = 8_192

/** The instances, their params as texts. None for a header that cannot be read: nothing depends on it but speed. */
export function readMounted(request: ProtocolRequest): Target[] {
  const text = headerOf(request, headerNames.mounted)
  if (text === undefined || text.length > maximumLength) return []
  try {
    return parseInvalidate(text)
  } catch {
    return []
  }
}
