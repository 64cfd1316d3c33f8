/** The list of purges that functions without a transaction may come to owe, in Redis. */

import type { IntentList, LeftOptions, OwedPurge } from './purge-outbox.ts'
import type { RedisConnection } from './redis-connection.ts'

/** Seconds after which a list that nobody adds to or sweeps goes. */
const listTtl = 30 * 86_400

/** One list for all processes; ages are by the server's clock. */
export class RedisIntents implements IntentList {
  readonly name = 'intents in Redis'
  readonly #connection: RedisConnection
  readonly #times: string
  readonly #tags: string

  constructor(connection: RedisConnection, prefix: string) {
    this.#connection = connection
    this.#times = `${prefix}{intents}`
    this.#tags = `${prefix}{intents}:tags`
  }

  async intend({ id, tags }: OwedPurge): Promise<void> {
    await this.#connection.run(
      'mizanIntend',
      [this.#times, this.#tags],
      [listTtl, id, JSON.stringify(tags)],
    )
  }

  async renew(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#connection.run('mizanRenew', [this.#times], ids)
  }

  async left({ age, limit }: LeftOptions): Promise<readonly OwedPurge[]> {
    await this.#connection.opened()
    const keys = [this.#times, this.#tags]
    // cast: the script answers with pairs of texts
    const flat = (await this.#connection.run('mizanLeft', keys, [age, limit])) as string[]
    return flat.flatMap((id, index) =>
      index % 2 === 0 ? [{ id, tags: parseTags(flat[index + 1]) }] : [],
    )
  }

  async settle(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#connection.run('mizanSettle', [this.#times, this.#tags], ids)
  }
}

/** What is garbage names no tags. */
function parseTags(text = ''): string[] {
  try {
    const tags: unknown = JSON.parse(text)
    return Array.isArray(tags) ? tags.filter((tag) => typeof tag === 'string') : []
  } catch {
    return []
  }
}
