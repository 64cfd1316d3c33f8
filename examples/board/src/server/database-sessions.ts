/** Sessions in the board's own database. */

import type { Session, SessionStore } from '@mizan/server'
import type { BoardDatabase } from './database.ts'

export class DatabaseSessions implements SessionStore {
  readonly #db: BoardDatabase

  constructor(db: BoardDatabase) {
    this.#db = db
  }

  /** Keeps a session for `ttl` seconds, and forgets those that are over. */
  async create({ id, user, createdAt }: Session, ttl: number): Promise<void> {
    const now = Date.now()
    await this.#db.deleteFrom('sessions').where('expiresAt', '<=', new Date(now)).execute()
    await this.#db
      .insertInto('sessions')
      .values({ id, user, createdAt: new Date(createdAt), expiresAt: new Date(now + ttl * 1000) })
      .execute()
  }

  async get(id: string): Promise<Session | undefined> {
    const row = await this.#db
      .selectFrom('sessions')
      .select(['id', 'user', 'createdAt'])
      .where('id', '=', id)
      .where('expiresAt', '>', new Date())
      .executeTakeFirst()
    return row && { id: row.id, user: row.user, createdAt: row.createdAt.getTime() }
  }

  async delete(id: string): Promise<void> {
    await this.#db.deleteFrom('sessions').where('id', '=', id).execute()
  }
}
