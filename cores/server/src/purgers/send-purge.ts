/** What purgers have in common: batches of a vendor's size, and an answer that says yes. */

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
  if (!response.ok)
    throw new Error(`${new URL(url).host} answered ${response.status}: ${text.slice(0, 200)}`)
  return text
}

/** `items` in lists of at most `size`; no list for no items. */
export function inBatches<T>(items: readonly T[], size: number): T[][] {
  const unique = [...new Set(items)]
  return Array.from({ length: Math.ceil(unique.length / size) }, (_, index) =>
    unique.slice(index * size, (index + 1) * size),
  )
}
