/** One copy of a database, and what is known of how far it has come. */

import type { ReplicationFacts } from '../dialect/replication-facts.ts'
import { ConnectionError, NoFreeConnectionError } from '../errors.ts'
import { askDirectly } from './ask-directly.ts'
import type { Mark } from './marks.ts'
import type { SessionDriver } from './session-driver.ts'

/** What a replica is made with. */
export interface ReplicaOptions {
  readonly driver: SessionDriver
  readonly replication: ReplicationFacts | undefined
  /** Milliseconds. */
  readonly clock: () => number
  /** How long it gets no reads after it was lost, in milliseconds. */
  readonly rest: number
  /** How long it is waited for where it cannot tell how far it is, in milliseconds. */
  readonly window: number
}

/** Between two questions to a replica that has not come far enough, in milliseconds. */
const patience = 20

/** A replica. */
export class Replica {
  readonly #options: ReplicaOptions
  #restsUntil = -Infinity
  #reached = 0
  #tells: boolean
  #asking = false
  #askAgainAt = -Infinity

  constructor(options: ReplicaOptions) {
    this.#options = options
    this.#tells = options.replication !== undefined
  }

  /** Whether it may be given a read now. */
  get isUp(): boolean {
    return this.#options.clock() >= this.#restsUntil
  }

  /** Whether it has what was marked, as far as is known; where it is not, it is asked, for the next time. */
  has(mark: Mark): boolean {
    const { clock, window } = this.#options
    if (!this.#tells) return clock() - mark.at >= window
    if (mark.place === undefined) return false
    if (mark.place.order <= this.#reached) return true
    void this.#ask(mark.place)
    return false
  }

  /** Whether the replica itself failed, and not the statement: it gets no reads for a while then. */
  isLostBy(error: unknown): boolean {
    if (!(error instanceof ConnectionError)) return false
    // Busy is not gone; the primary may have room.
    if (!(error instanceof NoFreeConnectionError))
      this.#restsUntil = this.#options.clock() + this.#options.rest
    return true
  }

  async #ask({ text, order }: NonNullable<Mark['place']>): Promise<void> {
    const { driver, replication, clock } = this.#options
    if (replication === undefined || this.#asking || clock() < this.#askAgainAt) return
    this.#asking = true
    try {
      const answer = await askDirectly(driver, replication.reached, [text])
      if (answer === true) this.#reached = Math.max(this.#reached, order)
      if (answer === null) this.#tells = false
    } catch (error) {
      this.isLostBy(error)
    } finally {
      this.#asking = false
      this.#askAgainAt = clock() + patience
    }
  }
}
