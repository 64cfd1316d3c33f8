/** Requests that take too long are given up. */

import { MizanError } from '@mizan/protocol'

import type { KernelLayer } from '../transport.ts'

/** Options of {@link timeout}. */
export interface TimeoutOptions {
  /** Milliseconds for a read, or for those of one context by its wire name. @default 30_000 */
  readonly reads?: number | Readonly<Record<string, number>>
  /** Milliseconds for a call; one that is given up may still be carried out. @default no bound */
  readonly calls?: number
}

/**
 * Fails a request that is not answered in time with `TIMEOUT`, status 0: {@link retry} asks again when it stands further out.
 * Streams are bounded until they begin.
 */
export function timeout({ reads = 30_000, calls }: TimeoutOptions = {}): KernelLayer {
  const given = new Map(typeof reads === 'number' ? [] : Object.entries(reads))
  const readsFor = typeof reads === 'number' ? reads : undefined
  return async (request, next) => {
    const { idempotent, name, signal } = request
    const limit = idempotent ? (given.get(name) ?? readsFor) : calls
    if (limit === undefined) return next(request)
    const late = new AbortController()
    const timer = setTimeout(() => late.abort(), limit)
    const either = signal ? AbortSignal.any([signal, late.signal]) : late.signal
    try {
      return await next({ ...request, signal: either })
    } catch (cause) {
      signal?.throwIfAborted()
      if (!late.signal.aborted) throw cause
      const error = new MizanError('TIMEOUT', `${name}: no answer in ${limit} ms`, { cause })
      return { status: 0, error }
    } finally {
      clearTimeout(timer)
    }
  }
}
