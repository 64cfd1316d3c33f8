/** A Redis for thousands of runs: what the real one keeps and forgets, behind a network that a scheduler moves. */

import type { CacheStore, IntentList, LeftOptions, OwedPurge } from '../src/cache/index.ts'

/** Rules of the real one that a test can break, to see that somebody notices. */
export interface ModelFaults {
  /** Versions that do not say who gave them: an old snapshot has the versions of then. */
  readonly versionsWithoutRunId?: boolean
  /** Versions of before the last change, as a replica would give them. */
  readonly versionsFromReplica?: boolean
  /** A purge that is confirmed and not carried out. */
  readonly purgesOnlyFirstTag?: boolean
}

interface State {
  readonly entries: Map<string, string>
  readonly versions: Map<string, string>
  readonly intents: Map<string, OwedPurge>
}

/** The server; {@link connect} gives each process its own way to it. */
export class ModelRedis {
  readonly faults: ModelFaults
  state: State = empty()
  #replica: State = empty()
  #snapshot: State = empty()
  #counter = 0
  /** Changes with each start; who was connected before has lost what was under way. */
  runId = 1
  down: 'nothing' | 'all' | 'purges' = 'nothing'

  constructor(faults: ModelFaults = {}) {
    this.faults = faults
  }

  fresh(): string {
    return `v${++this.#counter}`
  }

  save(): void {
    this.#snapshot = copy(this.state)
  }

  /** Killed, and started with the last snapshot. */
  restart(): void {
    this.state = copy(this.#snapshot)
    this.#replica = copy(this.#snapshot)
    this.runId++
  }

  evict(choice: number): void {
    const { entries, versions } = this.state
    const keys = [...entries.keys(), ...versions.keys()]
    const key = keys[choice % Math.max(1, keys.length)]
    if (key !== undefined && !entries.delete(key)) versions.delete(key)
  }

  /** Versions as they are told. */
  tell(tags: readonly string[]): (string | undefined)[] {
    const from = this.faults.versionsFromReplica === true ? this.#replica : this.state
    return tags.map((tag) => {
      const version = from.versions.get(tag)
      if (version === undefined) return undefined
      return this.faults.versionsWithoutRunId === true ? version : `${this.runId}.${version}`
    })
  }

  /** Whether it still answers somebody who has asked `runId`. */
  answers(runId: number): boolean {
    return this.runId === runId && this.down !== 'all'
  }

  /** Another way to it, whose every step takes `turn`. */
  connect(turn: () => Promise<void>): CacheStore {
    return new ModelConnection(this, turn)
  }

  /** Before a change: the replica stays one behind. */
  lag(): void {
    if (this.faults.versionsFromReplica === true) this.#replica = copy(this.state)
  }
}

class ModelConnection implements CacheStore {
  readonly intents: IntentList
  readonly #redis: ModelRedis
  readonly #turn: () => Promise<void>

  constructor(redis: ModelRedis, turn: () => Promise<void>) {
    this.#redis = redis
    this.#turn = turn
    this.intents = {
      name: 'intents of the model',
      intend: (purge) => this.#ask(({ intents }) => void intents.set(purge.id, purge)),
      renew: () => Promise.resolve(),
      left: ({ limit }: LeftOptions) =>
        this.#ask(({ intents }) => [...intents.values()].slice(0, limit)),
      settle: (ids) => this.#ask(({ intents }) => ids.forEach((id) => intents.delete(id))),
    }
  }

  read(keys: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#ask(({ entries }) => keys.map((key) => entries.get(key)))
  }

  write(key: string, value: string): Promise<void> {
    return this.#ask(({ entries }) => void entries.set(key, value))
  }

  versions(tags: readonly string[]): Promise<readonly (string | undefined)[]> {
    return this.#ask(() => this.#redis.tell(tags))
  }

  ensureVersions(tags: readonly string[]): Promise<readonly string[]> {
    return this.#ask(({ versions }) => {
      for (const tag of tags) if (!versions.has(tag)) versions.set(tag, this.#redis.fresh())
      return this.#redis.tell(tags).map((version) => version ?? 'unknown')
    })
  }

  bump(tags: readonly string[]): Promise<void> {
    return this.#ask(({ versions }) => {
      this.#redis.lag()
      const told = this.#redis.faults.purgesOnlyFirstTag === true ? tags.slice(0, 1) : tags
      for (const tag of told) versions.delete(tag)
    }, this.#redis.down === 'purges')
  }

  async #ask<T>(answer: (state: State) => T, refused = false): Promise<T> {
    const redis = this.#redis
    const { runId } = redis
    await this.#turn()
    if (refused || !redis.answers(runId)) throw new Error('connection lost')
    const told = answer(redis.state)
    await this.#turn()
    // It was done, and nobody was told.
    if (!redis.answers(runId)) throw new Error('connection lost')
    return told
  }
}

function empty(): State {
  return { entries: new Map(), versions: new Map(), intents: new Map() }
}

function copy({ entries, versions, intents }: State): State {
  return { entries: new Map(entries), versions: new Map(versions), intents: new Map(intents) }
}
