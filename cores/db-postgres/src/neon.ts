/** `neon({ url })`: PostgreSQL at Neon by requests, through its published driver. Nothing here imports `node:`. */

import { assertDatabaseUrl, type DialectPackage, withoutMigrations } from '@mizan/db'
import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import { codecs, encodeValue } from './codecs.ts'
import { ddl } from './ddl.ts'
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
    name: 'postgres',
    systemName: 'postgresql',
    capabilities: {
      returning: true,
      returningByAlias: true,
      defaultInValues: true,
      exactTextEquality: true,
      concurrency: true,
      transactions: false,
      streaming: false,
      maximumParameters: 65_535,
    },
    createDialect: () => ({
      createDriver: () => new NeonDriver(options.url),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
    }),
    codecs,
    list: {
      // Values that are lists themselves would become dimensions.
      encode: (values) => (values.some((value) => Array.isArray(value)) ? undefined : values),
      in: ['', ' = any(', ')'],
      notIn: ['', ' <> all(', ')'],
    },
    encodeValue,
    toDbError,
    ddl,
    migrations: withoutMigrations(
      (position) => `$${position}`,
      'Migrate with postgres({ url }) of @mizan/db-postgres, which connects by a socket',
    ),
    observation: { hidden: hiddenRelations },
    json: {
      array: 'json_build_array',
      aggregate: 'json_agg',
      maximumArguments: 100,
      nestedLimit: 'subquery',
      lateral: true,
      nullsOrder: true,
    },
  })
}
