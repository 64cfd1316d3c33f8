/** Calls that are made without a network are carried out when it is back: each once, in the order in which they were made. */

import { MizanError } from '@mizan/protocol'

import type { CallDescriptor } from '../../descriptors.ts'
import type { Kernel } from '../../kernel.ts'
import { orAborted } from '../../or-aborted.ts'
import type { KernelAnswer, KernelLayer, KernelRequest } from '../../transport.ts'
import { createCallQueue } from './call-queue.ts'
import type { OfflineStorage, QueuedCall } from './queued-call.ts'

/** Options of {@link offline}. */
export interface OfflineOptions {
  /** The functions whose calls may be carried out later. */
  readonly calls: readonly { readonly name: string }[]
  /** Where calls outlive the page; without one they are lost with it. */
  readonly storage?: OfflineStorage
  /** Who is signed in: what somebody else left is not carried out for them. @default nobody is told apart */
  readonly owner?: () => string | null | Promise<string | null>
  /** A kept call that is older is not carried out, in milliseconds; the server knows keys for a day. @default 72_000_000 */
  readonly keepFor?: number
  /** Milliseconds before attempt `n`, counted from 2. @default 1, 2, 4 … seconds, at most 60, with jitter */
  readonly delay?: (n: number) => number
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
  /** @default the page's window; a server has none */
  readonly window?: Pick<Window, 'addEventListener'> | undefined
  /** Of a call that an earlier visit of the page had made, and which failed for good: nobody awaits it. */
  readonly onRefused?: (call: QueuedCall, error: MizanError) => void
}

/** A layer with calls that wait. */
export interface OfflineLayer extends KernelLayer {
  /** What is not carried out yet; keeps its identity until it changes. */
  waiting(): readonly QueuedCall[]
  /** `listener` is called when that changes. */
  subscribe(listener: () => void): () => void
  /** Settles when what an earlier visit left has been read, and stands in the queue. */
  ready(): Promise<void>
}

/** The request header by which the server knows a call that it has carried out. */
const header = 'idempotency-key'

/**
 * Holds calls of the named functions until they are answered: they stay pending meanwhile, and send an `Idempotency-Key`, so that one
 * whose answer was lost is not carried out twice. Files cannot be kept: a call with one is made as usual, with a key.
 */
export function offline(options: OfflineOptions): OfflineLayer {
  const { calls, storage, keepFor = 72_000_000, delay = backOff, clock = Date.now } = options
  const { owner = () => null, onRefused, window: page = globalThis.window } = options
  const names = new Set(calls.map(({ name }) => name))
  const listeners = new Set<() => void>()
  let waiting: readonly QueuedCall[] = []
  const queue = createCallQueue({
    storage,
    delay,
    onChange() {
      waiting = queue.waiting()
      for (const listener of [...listeners]) listener()
    },
  })
  let entering = Promise.resolve()
  let ready = entering

  const around: KernelLayer = async (request, next) => {
    if (request.idempotent || !names.has(request.name)) return next(request)
    // One that was left by an earlier visit has its key, and stands in the queue.
    if (request.headers[header] !== undefined) return next(request)
    const id = crypto.randomUUID()
    const keyed = { ...request, headers: { ...request.headers, [header]: id } }
    const { body, name, path, headers } = keyed
    if (typeof body !== 'string') return next(keyed)
    const { signal } = request
    const answer = new Promise<KernelAnswer>((settle, giveUp) => {
      const send = (): Promise<KernelAnswer> => next(keyed)
      // One after the other, so that they stand in the queue in the order in which they were made.
      entering = entering.then(async () => {
        if (signal?.aborted) return
        const call = { id, name, path, headers, body, at: clock(), owner: await owner() }
        await keep(call)
        queue.add({ call, send, settle, giveUp })
      })
      entering.catch(giveUp)
      entering = entering.catch(() => undefined)
    })
    signal?.addEventListener('abort', () => queue.remove(id), { once: true })
    return orAborted(answer, signal)
  }

  /** What cannot be kept, for want of room, is still made; it is lost with the page. */
  async function keep(call: QueuedCall): Promise<void> {
    try {
      await storage?.put(call)
    } catch {
      // Nothing that the person who made the call could do about it.
    }
  }

  async function readLeft(kernel: Kernel): Promise<void> {
    const now = await owner()
    const left = [...((await storage?.read()) ?? [])].sort((a, b) => a.at - b.at)
    for (const call of left) {
      const isOurs = names.has(call.name) && call.owner === now && clock() - call.at < keepFor
      if (isOurs) queue.add(toEntry(call, kernel))
      else if (call.owner === now) {
        await storage?.remove(call.id)
        onRefused?.(call, new MizanError('GONE', `${call.name}: too old to be carried out`))
      }
    }
  }

  function toEntry(call: QueuedCall, kernel: Kernel): Parameters<typeof queue.add>[0] {
    const refuse = (error: MizanError): void => onRefused?.(call, error)
    return {
      call,
      send: () => replay(call, kernel),
      settle: ({ error }) => error && refuse(error),
      giveUp: () => undefined,
    }
  }

  return Object.assign(around, {
    attach: ((kernel, store) => {
      page?.addEventListener('online', () => queue.wake())
      store.listen((instance) => {
        // Somebody else is signed in: nothing is done in their name.
        if (!instance) queue.clear(new MizanError('UNAUTHORIZED', 'Somebody else is signed in'))
      })
      entering = readLeft(kernel).catch(() => undefined)
      ready = entering
    }) satisfies KernelLayer['attach'],
    waiting: () => waiting,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    ready() {
      return ready
    },
  })
}

/** Through the kernel, which acts on what the answer invalidates. */
async function replay(call: QueuedCall, kernel: Kernel): Promise<KernelAnswer> {
  const { id, name, path, headers, body } = call
  const left: CallDescriptor<Record<string, never>, void> = {
    name,
    artifact: '',
    args: {},
    adapt: (request): KernelRequest => ({
      ...request,
      path,
      headers: { ...headers, [header]: id },
      body,
    }),
  }
  try {
    await kernel.call(left, {})
    return { status: 200 }
  } catch (cause) {
    if (!(cause instanceof MizanError)) throw cause
    return { status: cause.code === 'UNAVAILABLE' ? 0 : cause.status, error: cause }
  }
}

function backOff(n: number): number {
  return Math.min(1000 * 2 ** (n - 2), 60_000) * (0.5 + Math.random() / 2)
}
