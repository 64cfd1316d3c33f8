/** What purgers have in common: batches of a vendor's size, and an answer that says yes. */

import { PurgeInterrupted } from '../invalidation/purge-interrupted.ts'

/** How every purger of a vendor can be changed. */
export interface VendorOptions {
  /** For the log. @default the vendor */
  readonly name?: string
  /** @default the global one */
  readonly fetch?: typeof fetch
}

/** One request of a purge. */
export interface PurgeRequest {
  readonly url: string
  readonly method?: 'POST' | 'PURGE'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/** A vendor's refusal. */
class Refused extends Error {
  /** Milliseconds that it asks to wait. */
  readonly retryAfter: number | undefined

  constructor(message: string, retryAfter: number | undefined) {
    super(message)
    this.retryAfter = retryAfter
  }
}

/**
 * Sends one request.
 *
 * @throws Error with the status and what the vendor says of it, when it is no success; the queue tries again
 */
export async function sendPurge(
  { url, method = 'POST', headers, body }: PurgeRequest,
  { fetch: send = fetch }: VendorOptions,
  signal: AbortSignal,
): Promise<string> {
  const response = await send(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
    // A redirect would carry the credentials to where nobody meant them to go.
    redirect: 'error',
    signal,
  })
  const text = await response.text()
  if (response.ok) return text
  const message = `${new URL(url).host} answered ${response.status}: ${text.slice(0, 200)}`
  throw new Refused(message, toMilliseconds(response.headers.get('retry-after')))
}

/**
 * Sends `items` in lists of at most `size`, one after the other; nothing for no items.
 *
 * @throws PurgeInterrupted with what went through, so that a limited vendor is not told the same again and again
 */
export async function sendBatches(
  items: readonly string[],
  size: number,
  send: (batch: readonly string[]) => Promise<unknown>,
): Promise<void> {
  const unique = [...new Set(items)]
  for (let at = 0; at < unique.length; at += size) {
    try {
      await send(unique.slice(at, at + size))
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      const retryAfter = cause instanceof Refused ? cause.retryAfter : undefined
      throw new PurgeInterrupted(message, { cause, done: unique.slice(0, at), retryAfter })
    }
  }
}

/** Vendors of purges answer in seconds; a date is taken for no word. */
function toMilliseconds(header: string | null): number | undefined {
  return header !== null && /^\d{1,5}$/.test(header) ? Number(header) * 1_000 : undefined
}
