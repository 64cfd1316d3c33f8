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

  /**
   * The statement that a commit takes along.
   *
   * @param session the connection of a statement that runs afterwards, and may commit when its process is dead
   */
  insert({ id, tags }: OwedPurge, session?: string): NonNullable<CommitNote['statement']> {
    const note: Note | Note['tags'] = session === undefined ? tags : { tags, session }
    return {
      sql: outboxInsert(this.#database.dialect),
      parameters: [id, this.#clock(), JSON.stringify(note)],
    }
  }

  async left({
    age,
    limit,
  }: {
    readonly age: number
    readonly limit: number
  }): Promise<readonly OwedPurge[]> {
    const before = this.#clock() - age
    return this.#run(async (execute) => {
      const left: OwedPurge[] = []
      let busy: ReadonlySet<string> | undefined
      for (let at = 0; left.length < limit; at += limit) {
        const { rows } = await execute(
          this.#sql(
            `select id, tags from mizan_outbox where at <= ? order by at, id limit ${Math.trunc(limit)} offset ${at}`,
          ),
          [before],
        )
        for (const row of rows) {
          const { tags, session } = toNote(row['tags'])
          // Asked after the notes were read: who is idle by then has stored what it noted.
          if (session !== undefined) busy ??= await this.#busySessions(execute)
          if (session === undefined || busy?.has(session) !== true)
            left.push({ id: String(row['id']), tags })
        }
        if (rows.length < limit) break
      }
      return left.slice(0, limit)
    })
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

  async #busySessions(execute: ExecuteSql): Promise<ReadonlySet<string>> {
    const sessions = this.#database.dialect.observation?.sessions
    const { rows } = sessions === undefined ? { rows: [] } : await execute(sessions.busy)
    return new Set(rows.map((row) => String(row['session'])))
  }

  #run<T>(work: (execute: ExecuteSql) => Promise<T>): Promise<T> {
    return this.#database.runDirectly('apart', work)
  }

  #sql(text: string): string {
    return withParameters(this.#database.dialect, text)
  }
}

interface Note {
  readonly tags: readonly string[]
  /** The connection of the statement that it is for, where that runs afterwards. */
  readonly session?: string
}

function toNote(text: unknown): Note {
  const stored: unknown = JSON.parse(String(text))
  if (Array.isArray(stored)) return { tags: stored.filter((tag) => typeof tag === 'string') }
  // cast: `insert` has written it
  return stored as Note
}
