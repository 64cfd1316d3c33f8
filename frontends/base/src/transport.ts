/** The one place that speaks HTTP: a request goes through the layers, and what comes back is a value, also when it failed. */

import {
  intercept,
  type Layer,
  MizanError,
  parseError,
  parseObject,
  type TargetBody,
} from '@mizan/protocol'

import type { InstanceStore } from './instance-store.ts'
import type { Instance } from './instance.ts'
import type { Kernel } from './kernel.ts'
import type { UploadProgress } from './upload-progress.ts'

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
  readonly body?: string | FormData
  /** What a function was called with, as the caller gave it. */
  readonly args?: unknown
  readonly signal?: AbortSignal
  /** For a `fetch` that can tell; see `fetchWithProgress`. */
  readonly onProgress?: (progress: UploadProgress) => void
  /** Makes the answer of a good response, instead of reading it to its end as JSON. */
  readonly read?: (response: Response) => KernelAnswer
}

/** What a layer sees and may change on the way back. */
export interface KernelAnswer {
  /** HTTP status; 0 when nobody answered. */
  readonly status: number
  /** The JSON of the answer, when it is an object. */
  readonly body?: Readonly<Record<string, unknown>>
  readonly etag?: string | null
  /** Of a read, digests of the data that it was made of, when a layer knows them. */
  readonly tags?: readonly string[]
  /** Set when the answer is not a good one; `UNAVAILABLE` when nobody answered. */
  readonly error?: MizanError
  /** What a call made out of date, also one that failed after a commit; as it came, each unchecked. */
  readonly invalidate?: readonly TargetBody[]
  /** Set when a call signed somebody in or out: what the kernel holds was for who asked before. */
  readonly session?: string | null
  /** Of the answer; without them when nobody answered. */
  readonly headers?: Headers
  /** Instances that a layer gave data newer than what the answer makes out of date. */
  readonly fresh?: ReadonlySet<Instance<unknown>>
}

/** An "around" of every request, which rejects only when the request was aborted; it may also hold on to the kernel. */
export interface KernelLayer extends Layer<KernelRequest, KernelAnswer> {
  /** Called once, when the kernel is made. */
  attach?(kernel: Kernel, store: Pick<InstanceStore, 'instances' | 'listen'>): void
}

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
  { base = '/api/mizan', origin = '', fetch: send = fetch }: TransportOptions,
  layers: readonly KernelLayer[],
): Transport {
  async function run({ path, idempotent, read, ...init }: KernelRequest): Promise<KernelAnswer> {
    const url = origin + base + path
    try {
      // Who is signed out leaves the page for what it sees at once, and so aborts what it no longer wants: two turns later
      // that was never sent, instead of refused.
      // oxlint-disable-next-line unicorn/no-unnecessary-await -- a turn is what is waited for
      await null
      // oxlint-disable-next-line unicorn/no-unnecessary-await -- a turn is what is waited for
      await null
      const response = await send(url, { ...init, credentials: 'same-origin' })
      if (read && response.ok) return read(response)
      const { status, headers } = response
      const text = await response.text()
      const body = parseObject(text)
      // A 304 to who has nothing at hand would be shown as data without values.
      const isKnown = status === 304 && init.headers['if-none-match']
      return {
        status,
        body,
        etag: headers.get('etag'),
        error: isKnown || (response.ok && body) ? undefined : parseError(status, text),
        // In a bundle, `invalidate` is a member like any other.
        // What is merged somewhere is out of date where nobody merges.
        invalidate: idempotent
          ? []
          : toTargets([body?.['invalidate'] ?? [], body?.['merge'] ?? []].flat()),
        session: headers.get('x-mizan-session'),
        headers,
      }
    } catch (cause) {
      init.signal?.throwIfAborted()
      const error = new MizanError('UNAVAILABLE', `${init.name}: no answer from ${url}`, { cause })
      return { status: 0, error }
    }
  }

  return async (request) => intercept(layers, request, run)
}

function toTargets(list: readonly unknown[]): readonly TargetBody[] {
  // cast: what is no target is left out where targets are read.
  return list as readonly TargetBody[]
}
