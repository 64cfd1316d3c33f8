import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { createConnection } from 'mysql2/promise'
import { afterAll } from 'vitest'
import { testCrashes } from '../../db/src/crashes.conformance.ts'
import { mysql } from './index.ts'

let shared: Promise<MariadbResource> | undefined
let count = 0

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

testCrashes('mariadb', {
  runner: { module: new URL('./index.ts', import.meta.url).href, name: 'mysql' },
  async open() {
    shared ??= mariadb()
    const { url: server } = await shared
    const name = `crash_${(count += 1)}`
    const url = new URL(server)
    url.pathname = `/${name}`
    await onServer(server, `create database ${name} character set utf8mb4 collate utf8mb4_bin`)
    return {
      url: url.href,
      dialect: mysql({ url: url.href }),
      [Symbol.asyncDispose]: () => onServer(server, `drop database ${name}`),
    }
  },
})

async function onServer(url: string, sql: string): Promise<void> {
  const connection = await createConnection(url)
  await connection.query(sql)
  await connection.end()
}
