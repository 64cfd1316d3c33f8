/** `d1({ database: env.DB })`: Cloudflare's D1, which is SQLite behind requests. Nothing here imports `node:`. */

import { type DialectPackage, withoutMigrations } from '@mizan/db'
import { codecs, encodeValue } from './d1/codecs.ts'
import { type D1DatabaseLike, D1Driver } from './d1/d1-driver.ts'
import { d1Ddl } from './d1/ddl.ts'
import { toDbError } from './d1/errors.ts'
import { capabilities, dialectOver, json, language } from './dialect-facts.ts'

export type { D1DatabaseLike, D1ResultLike, D1StatementLike } from './d1/d1-driver.ts'

/** Where the data is. */
export interface D1Options {
  /** The binding, `env.DB`, or a session of it: `env.DB.withSession('first-primary')` reads from replicas what it wrote. */
  readonly database: D1DatabaseLike
}

/**
 * The dialect package of D1. It has no transactions that stay open while code runs: `db.batch([…])` stores statements together
 * or not at all, and `transaction`, `savepoint` and `stream` are refused. Whole numbers beyond 2^53 do not come through: they are
 * refused too, and rows are migrated by `wrangler d1 migrations apply`.
 */
export function d1({ database }: D1Options): DialectPackage {
  if (typeof database?.prepare !== 'function')
    throw new TypeError('d1({ database }): give the binding, env.DB; is it in wrangler.jsonc?')
  return Object.freeze<DialectPackage>({
    ...language,
    name: 'd1',
    systemName: 'sqlite',
    capabilities: {
      ...capabilities,
      concurrency: true,
      transactions: false,
      streaming: false,
      maximumParameters: 100,
    },
    createDialect: () => dialectOver(() => new D1Driver(database)),
    codecs,
    encodeValue,
    toDbError,
    ddl: d1Ddl,
    migrations: withoutMigrations(
      () => '?',
      'Generate with "mizan db generate" and apply with "wrangler d1 migrations apply"',
    ),
    // Functions of D1 take 32.
    json: { ...json, maximumArguments: 32 },
  })
}
