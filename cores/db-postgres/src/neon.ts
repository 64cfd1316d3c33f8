/** `neon({ url })`: PostgreSQL at Neon by requests, through its published driver. Nothing here imports `node:`. */

import { assertDatabaseUrl, type DialectPackage, withoutMigrations } from '@mizan/db'
import { capabilities, dialectOver, json, language } from './dialect-facts.ts'
import { toDbError } from './neon/errors.ts'
import { NeonDriver } from './neon/neon-driver.ts'
import { hiddenRelations } from './observation/hidden-relations.ts'

/** How to reach the database. */
export interface NeonOptions {
  /** `postgres://user:password@ep-….neon.tech/database` */
  readonly url: string
}

/**
 * The dialect package of Neon over HTTP. There are no transactions that stay open while code runs: `db.batch([…])` is one, and
 * `transaction`, `savepoint` and `stream` are refused; with a socket, `postgres({ url })` has them. A session cannot be pinned: role and
 * database keep `DateStyle` ISO and `bytea_output` hex, as Neon sets them.
 */
export function neon(options: NeonOptions): DialectPackage {
  assertDatabaseUrl(options.url, {
    owner: 'neon',
    protocols: ['postgres:', 'postgresql:'],
    example: 'postgres://user:password@ep-….neon.tech/database',
  })
  return Object.freeze<DialectPackage>({
    ...language,
    capabilities: { ...capabilities, transactions: false, streaming: false },
    createDialect: () => dialectOver(() => new NeonDriver(options.url)),
    toDbError,
    migrations: withoutMigrations(
      (position) => `$${position}`,
      'Migrate with postgres({ url }) of @mizan/db-postgres, which connects by a socket',
    ),
    observation: { hidden: hiddenRelations },
    json,
  })
}
