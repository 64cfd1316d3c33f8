/** An error as a frame. */

import { canonicalJson, type FrameId, type MizanError, toErrorBody } from '@mizan/protocol'

/** @param more further keys of the frame, as JSON with a comma before */
export function errorFrame(id: FrameId | undefined, error: MizanError, more = ''): string {
  const own = id === undefined ? '' : `"id":${JSON.stringify(id)},`
  return `{${own}"error":${bodyOf(error)}${more}}`
}

function bodyOf(error: MizanError): string {
  const body = toErrorBody(error)
  try {
    return canonicalJson(body)
  } catch {
    // Details that JSON has no form for must not turn an answer into none.
    return canonicalJson({ code: body.code, message: body.message.toWellFormed(), id: body.id })
  }
}
