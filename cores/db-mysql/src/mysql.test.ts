import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { createConnection } from 'mysql2/promise'
import { afterAll } from 'vitest'
import { testDialect } from '../../db/src/dialect.conformance.ts'
import { testMigrations } from '../../db/src/migrate.conformance.ts'
import { testRelations } from '../../db/src/relational.conformance.ts'
import { mysql } from './index.ts'

let shared: Promise<MariadbResource> | undefined
let databases = 0

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

/** A database of its own on one server. */
async function open() {
  shared ??= mariadb()
  const { url } = await shared
  const run = async (sql: string): Promise<void> => {
    const connection = await createConnection(url)
    await connection.query(sql).finally(() => connection.end())
  }
  const name = `conformance_${process.pid}_${++databases}`
  await run(`create database ${name}`)
  const own = new URL(url)
  own.pathname = `/${name}`
  return {
    dialect: mysql({ url: own.href }),
    [Symbol.asyncDispose]: () => run(`drop database ${name}`),
  }
}

testDialect('mariadb', open)
testMigrations('mariadb', open)
testRelations('mariadb', open)
