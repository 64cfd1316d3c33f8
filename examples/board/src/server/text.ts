/** What people write: trimmed, not empty, not too long. */

import { MizanError } from '@mizan/protocol'

/** Options of {@link requireText}. */
export interface TextOptions {
  /** The argument, for the message. */
  readonly path: string
  /** Characters. */
  readonly maximum: number
}

/** @throws MizanError `VALIDATION_FAILED` when nothing or too much is left after trimming */
export function requireText(text: string, { path, maximum }: TextOptions): string {
  const trimmed = text.trim()
  if (trimmed !== '' && trimmed.length <= maximum) return trimmed
  const expected = `1 to ${maximum} characters`
  const message =
    trimmed === '' ? 'Write something first' : `Too long by ${trimmed.length - maximum} characters`
  throw new MizanError('VALIDATION_FAILED', `${path}: ${message}`, {
    details: [{ path, message, expected }],
  })
}
