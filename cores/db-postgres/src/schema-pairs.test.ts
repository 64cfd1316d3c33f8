import { postgres as server, type PostgresResource } from '@mizan/testing/resources'
import pg from 'pg'
import { afterAll } from 'vitest'
import { pairRoles } from '../../db/src/schema-pairs/rights.conformance.ts'
import { testSchemaPairs } from '../../db/src/schema-pairs.conformance.ts'
import { postgres } from './index.ts'

let shared: Promise<PostgresResource> | undefined

afterAll(async () => {
  const resource = await shared
  if (resource === undefined) return
  const client = new pg.Client(resource.url)
  await client.connect()
  // Roles are the server's, and outlive the database; those that another run holds are its to drop.
  for (const role of pairRoles) {
    const name = role.replaceAll('"', '""')
    await client.query(`drop role if exists "${name}"`).catch(() => undefined)
  }
  await client.end()
  await resource[Symbol.asyncDispose]()
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
