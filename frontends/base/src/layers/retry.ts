/** Reads that failed for a passing reason are asked again; calls never are: nobody knows whether they were carried out. */

import type { KernelAnswer, KernelLayer } from '../transport.ts'
import { backOff } from './back-off.ts'

/** Options of {@link retry}. */
export interface RetryOptions {
  /** Further attempts after the first. @default 3 */
  readonly times?: number
  /** Milliseconds before attempt `n`, counted from 1, where the server names none. @default 1, 2, 4 … seconds, at most 30, with jitter */
  readonly delay?: (n: number) => number
  /** Waits; rejects with the reason of `signal` when that aborts. @default setTimeout */
  readonly sleep?: (milliseconds: number, signal: AbortSignal | undefined) => Promise<void>
}

/** Longest wait that a `Retry-After` is followed, in milliseconds. */
const longest = 60_000

/** Asks again after 5xx, 429 and silence. */
export function retry({
  times = 3,
  delay = backOff,
  sleep = sleepUntil,
}: RetryOptions = {}): KernelLayer {
  return async (request, next) => {
    for (let n = 1; ; n++) {
      const answer = await next(request)
      if (!request.idempotent || n > times || !isPassing(answer)) return answer
      const wait = retryAfter(answer) ?? delay(n)
      if (wait > longest) return answer
      await sleep(wait, request.signal)
    }
  }
}

/** `NOT_IMPLEMENTED` stays so. */
function isPassing({ error, status }: KernelAnswer): boolean {
  return (
    error !== undefined && (status === 0 || status === 429 || (status >= 500 && status !== 501))
  )
}

/** RFC 9110 section 10.2.3: seconds, or a date. */
function retryAfter({ headers }: KernelAnswer): number | undefined {
  const value = headers?.get('retry-after')
  if (!value) return undefined
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now()
  return Number.isNaN(wait) ? undefined : Math.max(wait, 0)
}

function sleepUntil(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timer)
      reject(signal?.reason as Error) // cast: an AbortError, or what the aborter gave
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', abort)
      resolve()
    }, milliseconds)
    signal?.addEventListener('abort', abort, { once: true })
    if (signal?.aborted) abort()
  })
}
