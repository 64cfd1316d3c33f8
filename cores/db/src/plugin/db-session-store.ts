/** Sessions in a table: they survive restarts, and processes share them. */

import { createHash } from 'node:crypto'
import {
  nextRefresh,
  type Rotated,
  type Rotation,
  type Session,
  type SessionStore,
} from '@mizan/server'
import type { ExecuteSql } from '../client/run-directly.ts'
import { type DirectDatabase, ensureTable, type OwnTable, withParameters } from './own-tables.ts'

/** Options of {@link DbSessionStore}. */
export interface DbSessionStoreOptions {
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

/** Keys are digests, so that no collation takes two of them for one. */
const table: OwnTable = {
  name: 'mizan_sessions',
  columns:
    'id varchar(64) not null primary key, owner varchar(64) not null, ends_at bigint not null, ' +
    'version integer not null, session text not null',
  indexes: [
    'create index mizan_sessions_owner on mizan_sessions (owner)',
    'create index mizan_sessions_ends_at on mizan_sessions (ends_at)',
  ],
}

/** Creations between two sweeps of what has expired. */
const sweepEvery = 100

interface Kept {
  readonly session: Session
  readonly endsAt: number
  readonly version: number
}

/**
 * The table `mizan_sessions` of a database, made when it is first needed. What it does is part of no run's transaction, where
 * the database has several connections: a token that was stolen stays refused though the function that found it out fails.
 */
export class DbSessionStore implements Required<Omit<SessionStore, 'close'>> {
  readonly #database: DirectDatabase
  readonly #clock: () => number
  #ready: Promise<void> | undefined
  #untilSweep = sweepEvery

  constructor(database: DirectDatabase, options: DbSessionStoreOptions = {}) {
    this.#database = database
    this.#clock = options.clock ?? Date.now
  }

  async create(session: Session, ttl: number): Promise<void> {
    if (--this.#untilSweep <= 0) await this.#sweep()
    const id = digest(session.id)
    const endsAt = Math.ceil(this.#clock() + ttl * 1000)
    const values = [digest(session.user), endsAt, JSON.stringify(session)]
    await this.#run(async (execute) => {
      const { changed } = await execute(
        this.#sql(
          'update mizan_sessions set owner = ?, ends_at = ?, session = ?, version = version + 1 where id = ?',
        ),
        [...values, id],
      )
      if (changed > 0) return
      await execute(
        this.#sql(
          'insert into mizan_sessions (owner, ends_at, session, id, version) values (?, ?, ?, ?, 1)',
        ),
        [...values, id],
      )
    })
  }

  async get(id: string): Promise<Session | undefined> {
    return (await this.#run((execute) => this.#living(execute, id)))?.session
  }

  async delete(id: string): Promise<void> {
    await this.#run((execute) =>
      execute(this.#sql('delete from mizan_sessions where id = ?'), [digest(id)]),
    )
  }

  async list(user: string): Promise<readonly Session[]> {
    const { rows } = await this.#run((execute) =>
      execute(this.#sql('select session from mizan_sessions where owner = ? and ends_at > ?'), [
        digest(user),
        this.#clock(),
      ]),
    )
    return rows.map(toSession).filter((session) => session.user === user)
  }

  async touch(id: string, seenAt: number): Promise<void> {
    await this.#change(id, ({ session, endsAt }) => ({
      next: { session: { ...session, seenAt }, endsAt },
      result: undefined,
    }))
  }

  async rotate(id: string, rotation: Rotation): Promise<Rotated> {
    const { now, ttl } = rotation
    const rotated = await this.#change<Rotated>(id, ({ session }) => {
      if (session.refresh === undefined) return { result: { state: 'ended' } }
      const refresh = nextRefresh(session.refresh, rotation)
      if (refresh === undefined) return { next: 'delete', result: { state: 'reused' } }
      const endsAt = Math.ceil(Math.min(now + ttl * 1000, session.expiresAt ?? Infinity))
      return {
        next: { session: { ...session, refresh, seenAt: refresh.rotatedAt }, endsAt },
        result: { state: 'rotated', current: refresh.current, rotatedAt: refresh.rotatedAt },
      }
    })
    return rotated ?? { state: 'ended' }
  }

  /** Reads, decides and writes; decides anew when somebody else was faster. Undefined without a session. */
  async #change<T>(id: string, decide: (kept: Kept) => Decision<T>): Promise<T | undefined> {
    for (;;) {
      const outcome = await this.#run(async (execute) => {
        const kept = await this.#living(execute, id)
        if (kept === undefined) return { result: undefined }
        const { next, result } = decide(kept)
        if (next === undefined) return { result }
        const at = [digest(id), kept.version]
        const { changed } =
          next === 'delete'
            ? await execute(
                this.#sql('delete from mizan_sessions where id = ? and version = ?'),
                at,
              )
            : await execute(
                this.#sql(
                  'update mizan_sessions set session = ?, ends_at = ?, version = version + 1 where id = ? and version = ?',
                ),
                [JSON.stringify(next.session), next.endsAt, ...at],
              )
        return changed > 0 ? { result } : undefined
      })
      if (outcome !== undefined) return outcome.result
    }
  }

  async #living(execute: ExecuteSql, id: string): Promise<Kept | undefined> {
    const { rows } = await execute(
      this.#sql(
        'select session, ends_at, version from mizan_sessions where id = ? and ends_at > ?',
      ),
      [digest(id), this.#clock()],
    )
    const [row] = rows
    return (
      row && {
        session: toSession(row),
        endsAt: Number(row['ends_at']),
        version: Number(row['version']),
      }
    )
  }

  async #sweep(): Promise<void> {
    this.#untilSweep = sweepEvery
    await this.#run((execute) =>
      execute(this.#sql('delete from mizan_sessions where ends_at <= ?'), [this.#clock()]),
    )
  }

  async #run<T>(work: (execute: ExecuteSql) => Promise<T>): Promise<T> {
    this.#ready ??= ensureTable(this.#database, table).catch((error: unknown) => {
      this.#ready = undefined
      throw error
    })
    await this.#ready
    // Where there is one connection, the run has it.
    const where = this.#database.dialect.capabilities.concurrency ? 'apart' : 'in run'
    return this.#database.runDirectly(where, work)
  }

  #sql(text: string): string {
    return withParameters(this.#database.dialect, text)
  }
}

interface Decision<T> {
  /** What is stored; without it nothing is. */
  readonly next?: Pick<Kept, 'session' | 'endsAt'> | 'delete'
  readonly result: T
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function toSession(row: Readonly<Record<string, unknown>>): Session {
  return JSON.parse(String(row['session'])) as Session // cast: only sessions are written
}
