/** Sees to it that no change stays untold: which belong to a run, which to nobody, and what commits store of them. */

import { randomUUID } from 'node:crypto'
import type { PluginHost, Scope } from '@mizan/server'
import type { CommitNote } from '../client/scope-port.ts'
import { everything, tablesOf } from '../query/tags.ts'
import type { DbOutbox } from './outbox.ts'

/** More than this, in characters, is stored as whole tables. */
const maximumSize = 30_000

/** The changes of one database, for one app. */
export class Changes {
  readonly #outbox: DbOutbox | undefined
  /** Runs that have told the server what they changed: later changes are their own affair. */
  readonly #ended = new WeakSet<Scope>()
  #host: PluginHost | undefined

  constructor(outbox: DbOutbox | undefined) {
    this.#outbox = outbox
  }

  /** From now on there is somebody to tell. */
  open(host: PluginHost): void {
    this.#host = host
  }

  close(): void {
    this.#host = undefined
  }

  /** The run has ended. */
  end(scope: Scope): void {
    this.#ended.add(scope)
  }

  /** Whether commits store what they purge. */
  get areStored(): boolean {
    return this.#host !== undefined && this.#outbox !== undefined
  }

  /**
   * What a commit of `writes` takes along; `scope` is the run that commits.
   *
   * @param session the connection of a statement that is noted before it runs
   */
  noteOf(
    writes: readonly string[],
    scope: Scope | undefined,
    session?: string,
  ): CommitNote | undefined {
    const host = this.#host
    if (host === undefined) return undefined
    const outbox = this.#outbox
    const run = scope !== undefined && this.#tells(scope) ? scope : undefined
    if (outbox === undefined) {
      return run === undefined ? { committed: () => this.tell(writes) } : undefined
    }
    const id = randomUUID()
    const few = withinSize(writes)
    const tags = run === undefined ? host.purgeOf(few) : run.purgeOf(few)
    return {
      statement: outbox.insert({ id, tags }, session),
      committed: () =>
        run === undefined ? this.tell(writes, { outbox, id }) : run.leftIn(outbox, id),
    }
  }

  /** A run has changed something: the server asks it once, when it ends, and only if it may change things. */
  observed(writes: readonly string[], scope: Scope): void {
    if (!this.#tells(scope)) void this.tell(writes)
  }

  /** Tells what was changed outside of runs. Never rejects: what was stored is stored. */
  async tell(
    writes: readonly string[],
    left?: { readonly outbox: DbOutbox; readonly id: string },
  ): Promise<void> {
    const host = this.#host
    try {
      await host?.changed(writes, left)
    } catch (error) {
      host?.logger.error({ error }, 'a change outside of a run could not be told')
    }
  }

  tellEverything(): Promise<void> {
    return this.tell([everything])
  }

  #tells(scope: Scope): boolean {
    return scope.mutates && !this.#ended.has(scope)
  }
}

function withinSize(writes: readonly string[]): readonly string[] {
  const size = writes.reduce((sum, tag) => sum + tag.length + 6, 0)
  return size <= maximumSize ? writes : tablesOf(writes)
}
