/** Purges that are stored in the commit that they belong to (PROTOCOL section 6, "Purging"). */

import type { OwedPurge, PurgeOutbox } from '@mizan/server'
import type { ExecuteSql } from '../client/run-directly.ts'
import type { CommitNote } from '../client/scope-port.ts'
import { outboxInsert } from './outbox-row.ts'
import { type DirectDatabase, ensureTable, type OwnTable, withParameters } from './own-tables.ts'

const table: OwnTable = {
  name: 'mizan_outbox',
  columns: 'id varchar(36) not null primary key, at bigint not null, tags text not null',
}

/** Ids in one DELETE. */
const batch = 500

/**
 * `mizan_outbox` of one database: one insert in the commit, one delete for all that were carried out meanwhile. Ages are told
 * by the clocks of the processes: one that is wrong has purges done twice, which does no harm.
 */
export class DbOutbox implements PurgeOutbox {
  readonly name: string
  readonly #database: DirectDatabase
  readonly #clock: () => number
  #settling: Set<string> = new Set()
  #settled: Promise<void> = Promise.resolve()

  constructor(database: DirectDatabase, clock: () => number = Date.now) {
    this.name = table.name
    this.#database = database
    this.#clock = clock
  }

  /** Makes the table unless it is there. */
  ensure(): Promise<void> {
    return ensureTable(this.#database, table)
  }

  /** The statement that a commit takes along. */
  insert({ id, tags }: OwedPurge): NonNullable<CommitNote['statement']> {
    return {
      sql: outboxInsert(this.#database.dialect),
      parameters: [id, this.#clock(), JSON.stringify(tags)],
    }
  }

  async left({
    age,
    limit,
  }: {
    readonly age: number
    readonly limit: number
  }): Promise<readonly OwedPurge[]> {
    const { rows } = await this.#run((execute) =>
      execute(
        this.#sql(
          `select id, tags from mizan_outbox where at <= ? order by at, id limit ${Math.trunc(limit)}`,
        ),
        [this.#clock() - age],
      ),
    )
    return rows.map((row) => ({ id: String(row['id']), tags: toTags(row['tags']) }))
  }

  /** What comes while a DELETE is on its way goes into the next one. */
  settle(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#settling.add(id)
    const next = this.#settled.then(() => this.#deleteSettled())
    this.#settled = next.catch(() => undefined)
    return next
  }

  /** Resolves when nothing is being settled. */
  async idle(): Promise<void> {
    await this.#settled
  }

  async #deleteSettled(): Promise<void> {
    const ids = [...this.#settling]
    if (ids.length === 0) return
    this.#settling = new Set()
    await this.#run(async (execute) => {
      for (let at = 0; at < ids.length; at += batch) {
        const some = ids.slice(at, at + batch)
        const marks = some.map(() => '?').join(', ')
        await execute(this.#sql(`delete from mizan_outbox where id in (${marks})`), some)
      }
    })
  }

  #run<T>(work: (execute: ExecuteSql) => Promise<T>): Promise<T> {
    return this.#database.runDirectly('apart', work)
  }

  #sql(text: string): string {
    return withParameters(this.#database.dialect, text)
  }
}

function toTags(text: unknown): readonly string[] {
  const tags: unknown = JSON.parse(String(text))
  return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
}
