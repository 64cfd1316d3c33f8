/** Sessions that several processes share, in Redis. */

import { createHash } from 'node:crypto'
import { RedisConnection, type RedisTarget } from '../cache/redis-connection.ts'
import { withinTime } from '../cache/within-time.ts'
import * as scripts from './redis-session-scripts.ts'
import type { Rotated, Rotation } from './refresh-rotation.ts'
import type { Session, SessionStore } from './sessions.ts'

/** Options of {@link RedisSessionStore}. */
export interface RedisSessionStoreOptions {
  /** Stands before every key. @default 'mizan:' */
  readonly prefix?: string
  /** Milliseconds to wait for an answer; after that the store is out of reach. @default 1000 */
  readonly timeout?: number
  /** Milliseconds since the epoch. @default Date.now */
  readonly clock?: () => number
}

const commands = {
  mizanCreateSession: scripts.createScript,
  mizanGetSession: scripts.getScript,
  mizanEndSession: scripts.endScript,
  mizanListSession: scripts.listScript,
  mizanSessionsOf: scripts.sessionsOfScript,
  mizanTouchSession: scripts.touchScript,
  mizanRotateSession: scripts.rotateScript,
}

/**
 * A session is a hash of its own, so each step is one command on one key and works in a Cluster too. Beside it stands a
 * sorted set of each user's sessions by their end, which only `list` reads. Sessions want a Redis that keeps what it was told:
 * `noeviction`, or its evictions sign people out.
 */
export class RedisSessionStore implements Required<SessionStore> {
  readonly #connection: RedisConnection
  readonly #prefix: string
  readonly #timeout: number
  readonly #clock: () => number

  /** @param target a URL, options of ioredis, or a client that the app made and closes */
  constructor(target: RedisTarget, options: RedisSessionStoreOptions = {}) {
    this.#connection = new RedisConnection(target, commands)
    this.#prefix = options.prefix ?? 'mizan:'
    this.#timeout = options.timeout ?? 1000
    this.#clock = options.clock ?? Date.now
  }

  async create(session: Session, ttl: number): Promise<void> {
    const ends = Math.ceil(this.#clock() + ttl * 1000)
    const { id, user, createdAt, expiresAt, seenAt, refresh } = session
    // First the list, then the session: one that stands in no list could not be ended from elsewhere.
    await this.#run('mizanListSession', this.#listKey(user), [this.#clock(), ends, id])
    const fields = Object.entries({
      user,
      createdAt,
      expiresAt,
      seenAt,
      current: refresh?.current,
      previous: refresh?.previous,
      rotatedAt: refresh?.rotatedAt,
    }).flatMap(([name, value]) => (value === undefined ? [] : [name, value]))
    await this.#run('mizanCreateSession', this.#key(id), [ends, ...fields])
  }

  async get(id: string): Promise<Session | undefined> {
    // cast: names and values in turn
    const flat = (await this.#run('mizanGetSession', this.#key(id), [])) as readonly string[]
    const fields = new Map<string, string>()
    for (let index = 0; index + 1 < flat.length; index += 2)
      fields.set(flat[index] ?? '', flat[index + 1] ?? '')
    return toSession(id, fields)
  }

  async delete(id: string): Promise<void> {
    await this.#run('mizanEndSession', this.#key(id), [])
  }

  async list(user: string): Promise<readonly Session[]> {
    const ids = await this.#run('mizanSessionsOf', this.#listKey(user), [`(${this.#clock()}`])
    // cast: the script returns members of the list
    const found = await Promise.all((ids as readonly string[]).map((id) => this.get(id)))
    return found.flatMap((session) => (session?.user === user ? [session] : []))
  }

  async touch(id: string, seenAt: number): Promise<void> {
    await this.#run('mizanTouchSession', this.#key(id), [seenAt])
  }

  async rotate(id: string, rotation: Rotation): Promise<Rotated> {
    const { presented, successor, now, grace, ttl } = rotation
    const until = Math.ceil(now + ttl * 1000)
    const reply = await this.#run('mizanRotateSession', this.#key(id), [
      presented,
      successor,
      now,
      grace,
      until,
    ])
    // cast: what the script returns
    const [state, current, rotatedAt, user] = reply as readonly string[]
    if (state === 'reused' || current === undefined || user === undefined)
      return { state: state === 'reused' ? 'reused' : 'ended' }
    await this.#run('mizanListSession', this.#listKey(user), [now, until, id])
    return { state: 'rotated', current, rotatedAt: Number(rotatedAt) }
  }

  /** Closes a connection that was opened here. */
  async close(): Promise<void> {
    this.#connection.close()
  }

  #key(id: string): string {
    return `${this.#prefix}session:${id}`
  }

  /** By digest: what a user is called may hold anything. */
  #listKey(user: string): string {
    return `${this.#prefix}sessions:${createHash('sha256').update(user).digest('hex')}`
  }

  #run(script: string, key: string, args: readonly (string | number)[]): Promise<unknown> {
    return withinTime(this.#timeout, async () => {
      await this.#connection.whenConnected()
      return this.#connection.run(script, [key], args)
    })
  }
}

/** @returns `undefined` for a hash that a session was never written to */
function toSession(id: string, fields: ReadonlyMap<string, string>): Session | undefined {
  const [user, createdAt] = [fields.get('user'), fields.get('createdAt')]
  if (user === undefined || createdAt === undefined) return undefined
  const [current, previous] = [fields.get('current'), fields.get('previous')]
  const [expiresAt, seenAt] = [fields.get('expiresAt'), fields.get('seenAt')]
  return {
    id,
    user,
    createdAt: Number(createdAt),
    ...(expiresAt === undefined ? {} : { expiresAt: Number(expiresAt) }),
    ...(seenAt === undefined ? {} : { seenAt: Number(seenAt) }),
    ...(current === undefined
      ? {}
      : {
          refresh: {
            current,
            ...(previous === undefined ? {} : { previous }),
            rotatedAt: Number(fields.get('rotatedAt')),
          },
        }),
  }
}
