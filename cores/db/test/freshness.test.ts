import { mysql } from '@mizan/db-mysql'
import { postgres } from '@mizan/db-postgres'
import { sqlite } from '@mizan/db-sqlite'
import { mariadb, postgres as postgresServer } from '@mizan/testing/resources'
import { testFreshness } from '../src/freshness.conformance.ts'

const isNightly = process.env['MIZAN_NIGHTLY'] === '1'

testFreshness(
  'sqlite',
  async () => {
    const dialect = sqlite({ url: ':memory:' })
    return { dialect, [Symbol.asyncDispose]: async () => undefined }
  },
  isNightly ? 3000 : 60,
)

testFreshness(
  'postgres',
  async () => {
    const server = await postgresServer()
    const dialect = postgres({ url: server.url })
    return { dialect, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
  },
  isNightly ? 500 : 12,
)

testFreshness(
  'mariadb',
  async () => {
    const server = await mariadb()
    const dialect = mysql({ url: server.url })
    return { dialect, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
  },
  isNightly ? 500 : 12,
)
