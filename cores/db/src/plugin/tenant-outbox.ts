/** The outboxes of all tenants as one. */

import type { LeftOptions, OwedPurge, PurgeOutbox } from '@mizan/server'
import type { DbOutbox } from './outbox.ts'

/** Between a tenant and an id; tenants have none in their names. */
const border = '/'

/** Sweeps those that are open: a tenant that nobody opens has no caches that anybody fills, and is swept when it is opened. */
export class TenantOutbox implements PurgeOutbox {
  readonly name: string
  readonly #open: () => Iterable<readonly [string, DbOutbox]>

  constructor(name: string, open: () => Iterable<readonly [string, DbOutbox]>) {
    this.name = name
    this.#open = open
  }

  async left({ age, limit }: LeftOptions): Promise<readonly OwedPurge[]> {
    const found: OwedPurge[] = []
    for (const [tenant, outbox] of this.#open()) {
      const room = limit - found.length
      if (room <= 0) break
      for (const { id, tags } of await outbox.left({ age, limit: room }))
        found.push({ id: `${tenant}${border}${id}`, tags })
    }
    return found
  }

  async settle(ids: readonly string[]): Promise<void> {
    for (const [tenant, outbox] of this.#open()) {
      const start = `${tenant}${border}`
      const own = ids.filter((id) => id.startsWith(start)).map((id) => id.slice(start.length))
      if (own.length > 0) await outbox.settle(own)
    }
  }
}
