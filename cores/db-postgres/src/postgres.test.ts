import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import pg from 'pg'
import { afterAll } from 'vitest'
import { testDialect } from '../../db/src/dialect.conformance.ts'
import { testMigrations } from '../../db/src/migrate.conformance.ts'
import { testRelations } from '../../db/src/relational.conformance.ts'
import { postgres } from './index.ts'

let shared: Promise<PostgresResource> | undefined
let databases = 0

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

/** A database of its own on one server. */
async function open() {
  shared ??= server()
  const { url } = await shared
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    await client.query(sql).finally(() => client.end())
  }
  const name = `conformance_${process.pid}_${++databases}`
  await run(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return {
    dialect: postgres({ url: own.href }),
    [Symbol.asyncDispose]: () => run(`drop database ${name} with (force)`),
  }
}

testDialect('postgres', open)
testMigrations('postgres', open)
testRelations('postgres', open)
