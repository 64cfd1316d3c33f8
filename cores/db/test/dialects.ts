/** An empty database of each dialect. */

import { mysql } from '@mizan/db-mysql'
import { postgres } from '@mizan/db-postgres'
import { sqlite } from '@mizan/db-sqlite'
import { mariadb, postgres as postgresServer } from '@mizan/testing/resources'
import type { DialectPackage } from '../src/index.ts'

/** A database that ends with the test. */
export interface Opened extends AsyncDisposable {
  readonly dialect: DialectPackage
}

export const dialects: readonly (readonly [name: string, open: () => Promise<Opened>])[] = [
  [
    'sqlite',
    async () => ({
      dialect: sqlite({ url: ':memory:' }),
      [Symbol.asyncDispose]: async () => undefined,
    }),
  ],
  [
    'postgres',
    async () => {
      const server = await postgresServer()
      return {
        dialect: postgres({ url: server.url }),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      }
    },
  ],
  [
    'mariadb',
    async () => {
      const server = await mariadb()
      return {
        dialect: mysql({ url: server.url }),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      }
    },
  ],
]
