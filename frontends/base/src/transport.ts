/** The one place that speaks HTTP: a request goes through the layers, and what comes back is a value, also when it failed. */

import {
  fromTargetBody,
  intercept,
  type Layer,
  MizanError,
  parseError,
  type TargetBody,
} from '@mizan/protocol'

/** What a layer sees and may change on the way out. */
export interface KernelRequest {
  /** Wire name of the context or function. */
  readonly name: string
  /** Sending it again changes nothing: true for contexts. */
  readonly idempotent: boolean
  readonly method: 'GET' | 'POST'
  /** Below the base path: `/ctx/task/?task_id=5`. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal?: AbortSignal
}

/** What a layer sees and may change on the way back. */
export interface KernelAnswer {
  /** HTTP status; 0 when nobody answered. */
  readonly status: number
  /** The JSON of a good answer. */
  readonly body: Readonly<Record<string, unknown>> | undefined
  readonly etag: string | undefined
  /** Set when the answer is not a good one; `UNAVAILABLE` when nobody answered. */
  readonly error: MizanError | undefined
  /** What a call made out of date, also one that failed after a commit. */
  readonly invalidate: readonly TargetBody[]
}

/** An "around" of every request. It rejects only when the request was aborted. */
export type KernelLayer = Layer<KernelRequest, KernelAnswer>

/** Sends one request. */
export type Transport = (request: KernelRequest) => Promise<KernelAnswer>

/** Where and how requests go. */
export interface TransportOptions {
  /** Path under which the server is mounted. @default '/api/mizan' */
  readonly base?: string
  /** Scheme, host and port; a page needs none, a server does. @default '' */
  readonly origin?: string
  /** @default the global `fetch` */
  readonly fetch?: typeof fetch
}

/** Makes a transport; the first layer is the outermost. */
export function createTransport(
  options: TransportOptions,
  layers: readonly KernelLayer[],
): Transport {
  const root = (options.origin ?? '') + (options.base ?? '/api/mizan')
  const send = options.fetch ?? fetch
  return (request) =>
    intercept(layers, request, async ({ path, idempotent, ...init }) => {
      let status = 0
      try {
        const response = await send(root + path, { ...init, credentials: 'same-origin' })
        status = response.status
        return read(status, await response.text(), {
          etag: response.headers.get('etag') ?? undefined,
          idempotent,
        })
      } catch (cause) {
        init.signal?.throwIfAborted()
        const error = new MizanError('UNAVAILABLE', `${init.name}: no answer from ${root}${path}`, {
          cause,
        })
        return { status, body: undefined, etag: undefined, error, invalidate: [] }
      }
    })
}

function read(
  status: number,
  text: string,
  facts: { readonly etag: string | undefined; readonly idempotent: boolean },
): KernelAnswer {
  const body = parseBody(text)
  const isGood = status === 304 || (status >= 200 && status < 300 && body !== undefined)
  return {
    status,
    body,
    etag: facts.etag,
    error: isGood ? undefined : parseError(status, text),
    // In a bundle, `invalidate` is a member like any other.
    invalidate: facts.idempotent ? [] : targetsOf(body?.['invalidate']),
  }
}

function parseBody(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    // cast: an object that came out of JSON.parse.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

function targetsOf(list: unknown): TargetBody[] {
  return Array.isArray(list) ? list.filter((item) => fromTargetBody(item) !== undefined) : []
}
