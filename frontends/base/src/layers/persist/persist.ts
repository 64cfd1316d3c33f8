/** Who comes back sees at once what was shown last time, also without a network, while what is new is asked for. */

import type { ContextDescriptor } from '../../descriptors.ts'
import type { Instance } from '../../instance.ts'
import type { InstanceStore } from '../../instance-store.ts'
import type { Kernel } from '../../kernel.ts'
import type { KernelLayer } from '../../transport.ts'
import { formatKept, type KeptEntry, parseKept } from './kept-state.ts'
import type { StateStorage } from './state-storage.ts'

/** Options of {@link persist}. */
export interface PersistOptions {
  readonly storage: StateStorage
  /** Contexts whose data is kept; no other is. */
  readonly contexts: readonly Pick<ContextDescriptor<never, never>, 'name' | 'artifact'>[]
  /**
   * Who is signed in: with it, what is not public is kept too, for them alone. Anybody with access to the browser can read it there.
   *
   * @default only what the server calls public is kept
   */
  readonly owner?: () => string | null | Promise<string | null>
  /** What is older is not shown, in milliseconds. @default 86_400_000, a day */
  readonly maxAge?: number
  /** Characters that are kept, the newest first. @default 2_000_000 */
  readonly maxLength?: number
  /** Milliseconds from a change to when it is kept. @default 1_000 */
  readonly wait?: number
  /** Milliseconds since the epoch; the kernel's own, where it was given one. @default Date.now */
  readonly clock?: () => number
  /** What has not been kept yet is when it is hidden. @default the page's window; a server has none */
  readonly window?: Pick<Window, 'addEventListener'> | undefined
}

/** A layer that has something to read before it is of use. */
export interface PersistLayer extends KernelLayer {
  /** Settles when what an earlier visit left is in the kernel. */
  ready(): Promise<void>
  /** Keeps what there is now; never rejects. */
  flush(): Promise<void>
}

/**
 * Keeps what contexts answered from one visit of the page to the next. What comes back is never taken for new: who shows it asks
 * whether it still is, with its `ETag`. Of another artifact nothing comes back, and when somebody signs in or out, all of it is gone.
 */
export function persist(options: PersistOptions): PersistLayer {
  const { storage, owner, maxAge = 86_400_000, maxLength = 2_000_000, wait = 1_000 } = options
  const { contexts, clock = Date.now, window: page = globalThis.window } = options
  const artifacts = new Map(contexts.map(({ name, artifact }) => [name, artifact]))
  /** Paths of reads whose answer is for everybody. */
  const publicPaths = new Set<string>()
  const kept = new Map<string, KeptEntry>()
  let kernel: Kernel | undefined
  /** Who was signed in when what the kernel holds began to be read. */
  let asked: Promise<string | null> = Promise.resolve(null)
  /** Counts the times that everything was forgotten: what was begun before counts no more. */
  let epoch = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let writing = Promise.resolve()
  let ready = writing

  function isOurs({ key, context, fetchedAt }: KeptEntry): boolean {
    const age = clock() - fetchedAt
    const isCurrent = artifacts.has(context) && key.startsWith(`${artifacts.get(context)}/`)
    // What is from the future would count as newer than everything.
    return isCurrent && age >= 0 && age <= maxAge
  }

  function gather(): void {
    for (const { key, context, data, etag = null, fetchedAt } of kernel?.dehydrate().contexts ??
      []) {
      const query = key.slice(key.indexOf('?') + 1)
      const isPublic = publicPaths.has(`/ctx/${context}/${query && '?'}${query}`)
      const entry = { key, context, data, etag, fetchedAt, isPublic }
      if (isOurs(entry) && (isPublic || owner)) kept.set(key, entry)
      else kept.delete(key)
    }
    for (const [key, entry] of kept) if (!isOurs(entry)) kept.delete(key)
  }

  async function write(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    const since = epoch
    try {
      gather()
      const then = await asked
      const now = (await owner?.()) ?? null
      if (since !== epoch) return
      // Somebody signed in where this kernel does not hear of it: what it holds is not theirs.
      if (then !== now) return void kernel?.clear()
      const entries = [...kept.values()].filter(({ isPublic }) => isPublic || now !== null)
      await storage.write(formatKept({ owner: now, entries }, maxLength))
      // Somebody signed in or out while it was being written.
      if (since !== epoch) await storage.remove()
    } catch {
      // There is no room, or no storage: the page works on without.
    }
  }

  /** One write after the other, so that the last one stays. */
  function flush(): Promise<void> {
    return (writing = writing.then(write))
  }

  /** Later, when the kernel is made: it may be asked who that is. */
  function begin(): void {
    asked = Promise.resolve().then(async () => (await owner?.()) ?? null)
    // Whoever waits for it hears of it.
    asked.catch(() => undefined)
  }

  function forget(): void {
    epoch++
    begin()
    kept.clear()
    publicPaths.clear()
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(async () => {
      try {
        await storage.remove()
      } catch {
        // As above.
      }
    })
  }

  async function restore(text: string | null): Promise<void> {
    const since = epoch
    const state = parseKept(text)
    if (!state) return
    const isTheirs = state.owner !== null && owner !== undefined
    const isSame = isTheirs && (await asked) === state.owner
    if (since !== epoch) return
    const back = state.entries.filter((entry) => isOurs(entry) && (entry.isPublic || isSame))
    for (const entry of back) if (!kept.has(entry.key)) kept.set(entry.key, entry)
    kernel?.hydrate({
      contexts: back.map(({ key, context, data, etag, fetchedAt }) => {
        return { key, context, data, etag, fetchedAt, isStale: true }
      }),
    })
    // What is of somebody else, or too old, leaves the browser now.
    if (back.length < state.entries.length) void flush()
  }

  const layer: KernelLayer = async (request, next) => {
    const answer = await next(request)
    if (request.idempotent && !answer.error) {
      const isPublic = answer.headers?.get('x-mizan-cache')?.startsWith('public')
      if (isPublic) publicPaths.add(request.path)
      else publicPaths.delete(request.path)
    }
    return answer
  }

  return Object.assign(layer, {
    attach(given: Kernel, store: Pick<InstanceStore, 'listen'>) {
      kernel = given
      begin()
      store.listen((instance?: Instance<unknown>) => {
        if (!instance) return forget()
        // What was withdrawn, or is not theirs to see any more.
        const { status, data } = instance.read()
        if (status === 'error' && data === undefined) kept.delete(instance.address.key)
        timer ??= setTimeout(() => void flush(), wait)
      })
      page?.addEventListener('pagehide', () => void flush())
      try {
        const text = storage.read()
        // What is at hand is there before the page is first shown.
        ready = (text instanceof Promise ? text.then(restore) : restore(text)).catch(
          () => undefined,
        )
      } catch {
        // Storage may be forbidden.
      }
    },
    ready: () => ready,
    flush,
  })
}
