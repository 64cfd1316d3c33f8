import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import pg from 'pg'
import { afterAll } from 'vitest'
import { testCrashes } from '../../db/src/crashes.conformance.ts'
import { postgres } from './index.ts'

let shared: Promise<PostgresResource> | undefined

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

/** One database that is emptied: making a new one for each crash takes ten times as long. */
testCrashes('postgres', {
  runner: { module: new URL('./index.ts', import.meta.url).href, name: 'postgres' },
  async open() {
    shared ??= server()
    const { url } = await shared
    return {
      url,
      dialect: postgres({ url }),
      async [Symbol.asyncDispose]() {
        const client = new pg.Client(url)
        await client.connect()
        await client.query('drop schema public cascade; create schema public')
        await client.end()
      },
    }
  },
})
