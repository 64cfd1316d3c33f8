/** Where migrations are proved: in memory, on an embedded server, or on the server that the configuration names. */

import { join } from 'node:path'
import type { DialectPackage } from '@mizan/db'
import type { OpenScratch } from '@mizan/db/migrate'
import { ProjectFailure } from '../failure.ts'
import type { LoadedConfig } from '../load-config.ts'
import type { Terminal } from '../terminal.ts'
import { isD1 } from './d1.ts'
import { dbOf } from './db-of.ts'
import { dialectAt, startEmbeddedPostgres } from './open-database.ts'

/** What was asked for. */
export interface ScratchRequest {
  readonly loaded: LoadedConfig
  /** The URL of a server on which scratch databases may be made. */
  readonly url: string | undefined
  /** On the server of the live database. */
  readonly here: boolean
  readonly terminal: Terminal
}

/** A way to open scratch databases, with what must be stopped afterwards. */
export interface ScratchPlace extends AsyncDisposable {
  readonly open: OpenScratch
}

/**
 * Nothing is ever made on the server of the live database unless that was asked for.
 *
 * @throws ProjectFailure when there is no place
 */
export async function scratchOf(request: ScratchRequest): Promise<ScratchPlace> {
  const { loaded, here, terminal } = request
  const { scratchBeside, scratchInMemory } = await import('@mizan/db/migrate')
  // Of D1 there is no URL: whatever the variable names is something else.
  const live = isD1(loaded) ? '' : (process.env['DATABASE_URL'] ?? '')
  const given = here ? live : (request.url ?? dbOf(loaded).scratch ?? '')
  if (!here && given !== '' && isSameServer(given, live)) {
    throw new ProjectFailure(
      'the scratch server is the one of DATABASE_URL; say --scratch-here when scratch databases may be made on it',
    )
  }
  const nothing = { [Symbol.asyncDispose]: () => Promise.resolve() }
  if (given !== '') {
    const dialect = await dialectAt(loaded, given)
    return { open: scratchInMemory(dialect) ?? scratchBeside(dialect), ...nothing }
  }
  const { dialect: name } = dbOf(loaded)
  if (name === 'sqlite' || name === 'd1') {
    const memory = scratchInMemory(await dialectAt(loaded, ':memory:'))
    if (memory !== undefined) return { open: memory, ...nothing }
  }
  if (name === 'postgres') {
    const server = await startEmbeddedPostgres(
      { dataDirectory: join(loaded.root, '.mizan', 'scratch'), root: loaded.root },
      terminal,
    )
    const dialect: DialectPackage = await dialectAt(loaded, server.url)
    return {
      open: scratchBeside(dialect),
      [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
    }
  }
  throw new ProjectFailure(
    'migrations of MySQL are proved on a server: set db.scratch in the configuration, or say --scratch <url>, or --scratch-here',
  )
}

function isSameServer(one: string, other: string): boolean {
  const [a, b] = [serverOf(one), serverOf(other)]
  return a === undefined || b === undefined ? one === other : a === b
}

/** The host, or the folder or file of a socket, and the port; undefined for what is no server. */
function serverOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { protocol, hostname, port, searchParams } = new URL(url)
  const socket = searchParams.get('socketPath') ?? searchParams.get('host')
  const host =
    socket ?? (/^(localhost|127\.0\.0\.1|\[::1\])$/.test(hostname) ? 'localhost' : hostname)
  if (host === '') return undefined
  const usual = protocol.startsWith('postgres') ? '5432' : '3306'
  return `${host}:${searchParams.get('port') ?? (port === '' ? usual : port)}`
}
