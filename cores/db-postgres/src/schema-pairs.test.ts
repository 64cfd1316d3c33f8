import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import pg from 'pg'
import { afterAll } from 'vitest'
import { testSchemaPairs } from '../../db/src/schema-pairs.conformance.ts'
import { postgres } from './index.ts'

let shared: Promise<PostgresResource> | undefined

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

/** One database that is emptied: making a new one for each pair takes ten times as long. */
testSchemaPairs('postgres', async () => {
  shared ??= server()
  const { url } = await shared
  return {
    dialect: postgres({ url }),
    async [Symbol.asyncDispose]() {
      const client = new pg.Client(url)
      await client.connect()
      await client.query(
        'drop schema public cascade; create schema public; drop schema if exists "second place" cascade',
      )
      await client.end()
    },
  }
})
