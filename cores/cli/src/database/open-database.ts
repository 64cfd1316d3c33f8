/** The database of a project: the one of `DATABASE_URL`, or one of its own in `.mizan/`. */

import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { DialectPackage } from '@mizan/db'
import type { DbConfig, DialectName } from '../config.ts'
import { ProjectFailure } from '../failure.ts'
import type { LoadedConfig } from '../load-config.ts'
import type { Terminal } from '../terminal.ts'
import { dbOf } from './db-of.ts'
import { importPackage } from './import-package.ts'

/** A database that can be reached. */
export interface OpenDatabase extends AsyncDisposable {
  /** What the server finds in `DATABASE_URL`. */
  readonly url: string
  readonly dialect: DialectPackage
}

/** A server that was started. */
export interface Embedded extends AsyncDisposable {
  readonly url: string
}

/** How the dialect of a package is made from a URL. */
type CreateDialect = (options: { readonly url: string }) => DialectPackage

/** The package of a dialect, and its export that makes one of a URL. */
const packages: Readonly<Record<DialectName, readonly [name: string, member: string]>> = {
  postgres: ['@mizan/db-postgres', 'postgres'],
  sqlite: ['@mizan/db-sqlite', 'sqlite'],
  mysql: ['@mizan/db-mysql', 'mysql'],
  d1: ['@mizan/db-sqlite', 'd1Local'],
}

/**
 * Opens the database of the configuration; `undefined` when it has none, and of D1, which is Wrangler's.
 *
 * @throws ProjectFailure when the dialect is not installed, or when there is no way to have a database.
 */
export async function openDatabase(
  loaded: LoadedConfig,
  terminal: Terminal,
): Promise<OpenDatabase | undefined> {
  const { config, root } = loaded
  if (config.db === undefined) return undefined
  const { dialect } = config.db
  if (dialect === 'd1') return undefined
  const create = await importDialect(config.db, root)
  const given = process.env['DATABASE_URL'] ?? ''
  if (given !== '') return withoutServer(given, create)
  switch (dialect) {
    case 'postgres': {
      const dataDirectory = join(root, '.mizan', 'pg')
      const server = await startEmbeddedPostgres({ dataDirectory, root }, terminal)
      return {
        url: server.url,
        dialect: create(server),
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      }
    }
    case 'sqlite': {
      await mkdir(join(root, '.mizan'), { recursive: true })
      return withoutServer(join(root, '.mizan', 'data.sqlite'), create)
    }
    case 'mysql':
      throw new ProjectFailure(
        'DATABASE_URL is not set; start MySQL or MariaDB, and set it to mysql://user:password@host/database',
      )
  }
}

/** The dialect without a database: for what only needs its facts. No connection is made. */
export async function dialectOf(loaded: LoadedConfig): Promise<DialectPackage> {
  const { dialect } = dbOf(loaded)
  const create = await importDialect(dbOf(loaded), loaded.root)
  return create({ url: unreachable[dialect] })
}

const unreachable: Readonly<Record<DialectName, string>> = {
  postgres: 'postgres://nobody@localhost:1/none',
  sqlite: ':memory:',
  mysql: 'mysql://nobody@localhost:1/none',
  d1: ':memory:',
}

async function importDialect(
  { dialect, schemas = [] }: DbConfig,
  root: string,
): Promise<CreateDialect> {
  const { withSchemas } = await import('@mizan/db/migrate')
  const [name, member] = packages[dialect]
  const create = (await importPackage(name, root))[member] as CreateDialect // cast: what dialect packages export
  return (options) => {
    try {
      return withSchemas(create(options), schemas)
    } catch (error) {
      // A URL of another form, which the message does not repeat.
      if (error instanceof TypeError) throw new ProjectFailure(error.message, { cause: error })
      throw error
    }
  }
}

/** Where an embedded server keeps its data, and whose packages start it. */
export interface EmbeddedPlace {
  readonly dataDirectory: string
  readonly root: string
}

/**
 * Starts the PostgreSQL that npm installs, or joins it.
 *
 * @throws ProjectFailure when this machine cannot run it
 */
export async function startEmbeddedPostgres(
  { dataDirectory, root }: EmbeddedPlace,
  terminal: Terminal,
): Promise<Embedded> {
  const { startEmbedded } = await importPackage('@mizan/db-postgres/embedded', root)
  const start = startEmbedded as (options: unknown) => Promise<Embedded> // cast: what the package exports
  try {
    return await start({ dataDirectory, logger: { info: (text: string) => terminal.say(text) } })
  } catch (error) {
    // What the package says itself is the whole story; what nobody expected keeps its stack.
    const isSaid = error instanceof Error && Object.getPrototypeOf(error) === Error.prototype
    throw isSaid ? new ProjectFailure(error.message, { cause: error }) : error
  }
}

/** The dialect of the configuration at a URL of one's own. No connection is made. */
export async function dialectAt(loaded: LoadedConfig, url: string): Promise<DialectPackage> {
  return (await importDialect(dbOf(loaded), loaded.root))({ url })
}

function withoutServer(url: string, create: CreateDialect): OpenDatabase {
  return { url, dialect: create({ url }), [Symbol.asyncDispose]: () => Promise.resolve() }
}
