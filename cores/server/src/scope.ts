/** The async scope of one run: who asks, what was read and written, what the run touched of the request. */

import { AsyncLocalStorage, AsyncResource } from 'node:async_hooks'
import type { ProtocolRequest, Target } from '@mizan/protocol'
import type { Forms } from './forms/respond-form.ts'
import type { Recognised } from './identity/index.ts'
import type { Principal } from './identity/principal.ts'
import type { PurgeOutbox } from './cache/index.ts'
import type { Outgoing } from './channels/channel-registry.ts'
import { everythingTag } from './dispatch/data-tag.ts'
import { type Outboxed, toTags } from './invalidation/invalidations.ts'
import type { RequestView } from './request-view.ts'
import type { RecordingEditor } from './response-editor.ts'
import type { Container } from './services.ts'

/** How widely an answer may be kept, by what its run touched (PROTOCOL section 6). */
export type Visibility = 'public' | 'private' | 'unstorable'

/** What a run is part of. */
export type RunKind = 'context' | 'call' | 'view' | 'task' | 'socket'

/** What plugins and layers see of a run. */
export interface Scope {
  readonly kind: RunKind
  /** Wire name. */
  readonly functionName: string
  /** Who asks; reading it makes the run private. */
  readonly principal: Principal | undefined
  /** Aborts when the client leaves or the function's time is over. */
  readonly signal: AbortSignal
  /** `false` in a context: nothing may change. */
  readonly mutates: boolean
  readonly transactionAllowed: boolean
  /** The data core's open transaction; owned by its plugin. */
  transaction: unknown
  readonly container: Container
  /** Records a data tag that the result depends on (DATA, "Observation"); `*` makes the run unstorable. */
  observeRead(tag: string): void
  /** Says who may see what the run gives and whether it may be kept; it becomes stricter only. */
  taint(visibility: Visibility): void
  /** Records a data tag whose rows were changed and committed; `*` invalidates every context. */
  observeWrite(tag: string): void
  /**
   * Tags that this run purges when `writes` are committed: what an outbox keeps in the same commit. What the function
   * named so far is among them; opaque to who keeps them.
   */
  purgeOf(writes: Iterable<string>): readonly string[]
  /** The commit left its purge in `outbox` under `id`: it is settled once it was carried out. */
  leftIn(outbox: PurgeOutbox, id: string): void
}

/** What a sign-in or sign-out asked for; carried out after success. */
export type SessionChange = { readonly signIn: string } | { readonly signIn: null }

/** What the runs of one request share. */
export interface Exchange {
  /** Settled before a guard sees it: functions that issue tokens have no caller. */
  principal: Principal | undefined
  identified: Recognised
  readonly request: RequestView
  readonly response: RecordingEditor
  readonly container: Container
  sessionChange: SessionChange | undefined
  /** The answer holds tokens: it is kept nowhere but with its client. */
  holdsTokens?: true
  /** `Set-Cookie` of a session change that was carried out. */
  sessionCookie: string | undefined
  /** The request of a browser as it came; absent where none made it. */
  readonly incoming?: ProtocolRequest
  /** What pages of forms need; absent where there is no page. */
  readonly forms?: Forms
}

/** Whoever may leave: its signal is made when somebody asks, and few functions do. */
export interface Leaving {
  readonly signal: AbortSignal
}

/** A context that a run has read into its own result. */
export interface Embedded {
  /** Tags of the instance. */
  readonly tags: readonly string[]
  /** Seconds that it may be kept. */
  readonly ttl: number
}

const nothing: readonly Embedded[] = []

/** The facts of one run. */
export interface RunFacts {
  readonly kind: RunKind
  readonly functionName: string
  readonly mutates: boolean
  readonly transactionAllowed: boolean
  readonly client: Leaving
  /** Targets of the run, were it to end now with `writes`; a read has none. */
  readonly targetsOf?: (scope: RunScope, writes: ReadonlySet<string>) => readonly Target[]
}

/** Most runs of an application without a data core observe nothing. */
const none: ReadonlySet<string> = new Set()

/** One run of one function. */
export class RunScope implements Scope {
  readonly kind: RunKind
  readonly functionName: string
  readonly mutates: boolean
  readonly transactionAllowed: boolean
  readonly exchange: Exchange
  readonly emitted: Target[] = []
  readonly outboxed: Outboxed[] = []
  /** What it published; sent once it has succeeded. */
  readonly messages: Outgoing[] = []
  readonly #client: Leaving
  #signal: AbortSignal | undefined
  #reads: Set<string> | undefined
  #writes: Set<string> | undefined
  #embedded: Embedded[] | undefined
  readonly #targetsOf: RunFacts['targetsOf']
  transaction: unknown = undefined
  #visibility: Visibility = 'public'

  constructor(exchange: Exchange, facts: RunFacts) {
    this.exchange = exchange
    this.kind = facts.kind
    this.functionName = facts.functionName
    this.mutates = facts.mutates
    this.transactionAllowed = facts.transactionAllowed
    this.#client = facts.client
    this.#targetsOf = facts.targetsOf
  }

  get signal(): AbortSignal {
    this.#signal ??= this.#client.signal
    return this.#signal
  }

  /** The client has left, and who ran here was told so: the work may be half done. */
  get isCut(): boolean {
    return this.#signal?.aborted === true
  }

  get reads(): ReadonlySet<string> {
    return this.#reads ?? none
  }

  get writes(): ReadonlySet<string> {
    return this.#writes ?? none
  }

  get embedded(): readonly Embedded[] {
    return this.#embedded ?? nothing
  }

  get principal(): Principal | undefined {
    this.taint('private')
    return this.exchange.principal
  }

  get container(): Container {
    return this.exchange.container
  }

  get visibility(): Visibility {
    return this.#visibility
  }

  /** Narrows who may be given the result; never widens it again. */
  taint(visibility: Visibility): void {
    this.#visibility = narrower(this.#visibility, visibility)
  }

  observeRead(tag: string): void {
    // Nobody could tell when such an answer ends.
    if (tag === everythingTag) this.taint('unstorable')
    this.#reads ??= new Set()
    this.#reads.add(tag)
  }

  /** Its result depends on another context's. */
  embed(read: Embedded): void {
    this.#embedded ??= []
    this.#embedded.push(read)
  }

  observeWrite(tag: string): void {
    this.#writes ??= new Set()
    this.#writes.add(tag)
  }

  purgeOf(writes: Iterable<string>): readonly string[] {
    const all = new Set([...this.writes, ...writes])
    return toTags({ targets: this.#targetsOf?.(this, all) ?? [], writes: [...all] })
  }

  leftIn(outbox: PurgeOutbox, id: string): void {
    this.outboxed.push({ outbox, id })
  }
}

/** The stricter of two. */
export function narrower(a: Visibility, b: Visibility): Visibility {
  if (a === 'unstorable' || b === 'unstorable') return 'unstorable'
  return a === 'private' || b === 'private' ? 'private' : 'public'
}

const storage = new AsyncLocalStorage<RunScope>()

// Taken at load, outside every request: functions run in it, so that an application's own request store
// (an AsyncLocalStorage of its middleware) cannot leak into a result that is then cached for others.
const outside = new AsyncResource('mizan')

/** Runs `run` in `scope` and in nothing else. */
export function runInScope<T>(scope: RunScope, run: () => T): T {
  return outside.runInAsyncScope(enter<T>, undefined, scope, run)
}

function enter<T>(scope: RunScope, run: () => T): T {
  return storage.run(scope, run)
}

/** Runs `run` as if no function were running: what it writes is not part of the function's transaction. */
export function runOutsideScope<T>(run: () => T): T {
  return outside.runInAsyncScope(run)
}

/** The scope of the running function; `undefined` outside of one. */
export function currentScope(): Scope | undefined {
  return storage.getStore()
}

/**
 * The scope of the running function.
 *
 * @throws TypeError outside of one, naming who asked.
 */
export function requireScope(asker: string): RunScope {
  const scope = storage.getStore()
  if (scope === undefined) {
    throw new TypeError(
      `${asker}() was called outside a request; call it in a function that Mizan runs`,
    )
  }
  return scope
}
