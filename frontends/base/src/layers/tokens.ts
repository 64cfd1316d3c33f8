/** Requests carry a token, which is renewed before it expires: once for all that wait for it (PROTOCOL section 7). */

import { type MizanError, tokenErrors } from '@mizan/protocol'

import type { Kernel } from '../kernel.ts'
import { orAborted } from '../or-aborted.ts'
import { toMizanError } from '../to-mizan-error.ts'
import type { KernelAnswer, KernelLayer, KernelRequest } from '../transport.ts'

/** A token, as the functions that issue tokens answer it. */
export interface IssuedToken {
  readonly token: string
  /** Seconds from now. */
  readonly expiresIn: number
}

/** Options of {@link tokens}. */
export interface TokensOptions {
  /**
   * Gets the first token and each one after; `null` when nobody is signed in. Called without the kernel, and never twice at a
   * time. Rejecting with `UNAUTHORIZED` is the same as `null`; with anything else, requests fail with that.
   */
  readonly obtain: () => Promise<IssuedToken | null>
  /** `jwt` goes with every request, `mwt` with reads only. @default 'jwt' */
  readonly kind?: 'jwt' | 'mwt'
  /** A token is renewed this long before it expires, in milliseconds; at most half its life. @default 30_000 */
  readonly early?: number
  /** Milliseconds. @default Date.now */
  readonly clock?: () => number
}

/** A layer with a token. */
export interface TokensLayer extends KernelLayer {
  /** One that is good for a while, for `live({ token })`; `null` when nobody is signed in. */
  token(): Promise<string | null>
  /** The token of who has just signed in, or `null` for who has signed out; without one, `obtain` is asked at the next request. */
  set(next?: IssuedToken | null): void
}

interface Held {
  readonly token: string | null
  /** When it is to be renewed. */
  readonly until: number
}

/**
 * Gives each request the token. A token that the server refuses, and whose refusal says that another one of the session helps, is
 * renewed and the request sent again, which has not been carried out; when the session has ended, the kernel forgets its data.
 */
export function tokens(options: TokensOptions): TokensLayer {
  const { obtain, kind = 'jwt', early = 30_000, clock = Date.now } = options
  let held: Held | undefined
  let renewal: Promise<string | null> | undefined
  /** Grows with each `set`: what was on its way then is not taken any more. */
  let turn = 0
  let kernel: Kernel | undefined

  function set(next?: IssuedToken | null): void {
    turn++
    renewal = undefined
    held = next === undefined ? undefined : hold(next)
  }

  function hold(issued: IssuedToken | null): Held {
    if (!issued) return { token: null, until: Number.POSITIVE_INFINITY }
    const life = issued.expiresIn * 1000
    return { token: issued.token, until: clock() + life - Math.min(early, life / 2) }
  }

  async function renew(): Promise<string | null> {
    const mine = turn
    try {
      const issued = await obtain().catch((cause: unknown) => {
        if (toMizanError(cause).code === 'UNAUTHORIZED') return null
        throw cause
      })
      if (mine !== turn) return await token()
      held = hold(issued)
      return held.token
    } finally {
      if (mine === turn) renewal = undefined
    }
  }

  async function token(): Promise<string | null> {
    if (held && clock() < held.until) return held.token
    renewal ??= renew()
    return renewal
  }

  const around: KernelLayer = async (request, next) => {
    if (kind === 'mwt' && !request.idempotent) return next(request)
    try {
      const first = await orAborted(token(), request.signal)
      const answer = await next(withToken(request, first, kind))
      const verdict = refusalOf(answer.error)
      if (first === null || verdict === undefined) return answer
      // Somebody may have renewed it meanwhile.
      if (held?.token === first) set(verdict.refresh ? undefined : null)
      if (!verdict.refresh) {
        kernel?.clear()
        return answer
      }
      const second = await orAborted(token(), request.signal)
      return second === null || second === first
        ? answer
        : await next(withToken(request, second, kind))
    } catch (cause) {
      request.signal?.throwIfAborted()
      return { status: 0, error: toMizanError(cause) }
    }
  }

  return Object.assign(around, {
    attach(given: Kernel) {
      kernel = given
    },
    token,
    set,
  })
}

function withToken(
  request: KernelRequest,
  token: string | null,
  kind: 'jwt' | 'mwt',
): KernelRequest {
  if (token === null) return request
  const [name, value] =
    kind === 'jwt' ? ['authorization', `Bearer ${token}`] : ['x-mizan-token', token]
  return { ...request, headers: { ...request.headers, [name]: value } }
}

/** Said of what a function was called with, not of the token that came along. */
const ofArguments: readonly string[] = ['CREDENTIALS_WRONG', 'REFRESH_REUSED']

/** What the server said of the token, if it is that which it refused. */
function refusalOf(error: KernelAnswer['error']): { readonly refresh: boolean } | undefined {
  const code = codeOf(error)
  // cast: asked for among its own keys.
  return code !== undefined && Object.hasOwn(tokenErrors, code) && !ofArguments.includes(code)
    ? tokenErrors[code as keyof typeof tokenErrors]
    : undefined
}

function codeOf(error: MizanError | undefined): string | undefined {
  if (error?.code !== 'UNAUTHORIZED') return undefined
  // cast: details of an UNAUTHORIZED are an object with a code, or nothing that is looked at.
  const { code } = (error.details ?? {}) as { readonly code?: unknown }
  return typeof code === 'string' ? code : undefined
}
