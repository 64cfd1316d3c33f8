/** The data that an error of the application carries, in its wire form. */

import { MizanError } from '@mizan/protocol'
import type { Entry } from '../registry.ts'
import { withDetails } from './public-error.ts'

/**
 * An error of a class in the function's `throws`, with its data encoded as the class declares it: a Date leaves as a
 * text, a bigint as digits. Any other error comes back as it is. Encode once: what is encoded is no longer of the type.
 * When the data has no wire form it is a TypeError that names function, code and place, with the error as its cause.
 */
export function encodeErrorDetails(entry: Entry, error: unknown): unknown {
  if (!(error instanceof MizanError)) return error
  const codec = entry.errors.get(error.code)
  if (codec === undefined) return error
  try {
    const details = codec.encode(error.details)
    return details === error.details ? error : withDetails(error, details)
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure)
    return new TypeError(`${entry.name}: the data of ${error.code}: ${reason}`, { cause: error })
  }
}
