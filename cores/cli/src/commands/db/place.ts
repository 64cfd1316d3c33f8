/** What every command about the database begins with. */

import type { CommandOption, Invocation } from '../../command.ts'
import { dbOf } from '../../database/db-of.ts'
import { explained } from '../../database/explained.ts'
import type { RunRules } from '../../database/migrations.ts'
import { openDatabase, type OpenDatabase } from '../../database/open-database.ts'
import { scratchOf, type ScratchPlace } from '../../database/scratch-of.ts'
import { exitCodes, StoppedFailure, UsageFailure } from '../../failure.ts'
import { type LoadedConfig, loadConfig } from '../../load-config.ts'
import { listenForEnd } from '../../signals.ts'

/** Opens the database of the configuration, and closes it afterwards. */
export async function withDatabase(
  { folder, terminal }: Invocation,
  work: (loaded: LoadedConfig, database: OpenDatabase) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfig(folder)
  dbOf(loaded) // says what is missing, before anything is started
  await using database = await openDatabase(loaded, terminal)
  return database === undefined ? exitCodes.problem : await explained(() => work(loaded, database))
}

/** Opens a place for proofs as the command line says; none is opened after `signal`. */
export async function scratchFor(
  invocation: Invocation,
  loaded: LoadedConfig,
  signal?: AbortSignal,
): Promise<ScratchPlace> {
  const place = await scratchOf({
    loaded,
    url: invocation.text('scratch'),
    here: invocation.flag('scratch-here'),
    terminal: invocation.terminal,
  })
  return {
    open() {
      if (signal?.aborted === true) throw new StoppedFailure('stopped before it was proved')
      return place.open()
    },
    [Symbol.asyncDispose]: () => place[Symbol.asyncDispose](),
  }
}

/** The options of commands that prove. */
export const scratchOptions: Readonly<Record<string, CommandOption>> = {
  scratch: { type: 'string', placeholder: 'url', summary: 'A server for scratch databases' },
  'scratch-here': {
    type: 'boolean',
    summary: 'Make scratch databases on the server of DATABASE_URL',
  },
}

/** The option of commands that run migrations. */
export const lockOptions: Readonly<Record<string, CommandOption>> = {
  'lock-timeout': {
    type: 'string',
    placeholder: 'seconds',
    summary: 'How long to wait for another run; 60 without it',
  },
}

/** The project's own database in `.mizan/`, or `NODE_ENV` says so. */
export function isDevelopment(): boolean {
  const environment = process.env['NODE_ENV'] ?? ''
  if (environment !== '') return environment === 'development' || environment === 'test'
  return (process.env['DATABASE_URL'] ?? '') === ''
}

/** Runs with the rules of the command line; Ctrl-C stops before the next step. */
export function underRules(
  invocation: Invocation,
  work: (rules: RunRules) => Promise<number>,
): Promise<number> {
  const lockTimeout = lockTimeoutOf(invocation)
  return untilStopped(invocation, 'stopping when this step is done', (signal) =>
    work({
      guarded: !isDevelopment(),
      allowDestructive: invocation.flag('allow-destructive'),
      lockTimeout,
      signal,
    }),
  )
}

/**
 * Ctrl-C asks `work` to end where nothing is half done; a second one does not wait for that.
 *
 * @param words What is said to the first one.
 */
export async function untilStopped<T>(
  { terminal }: Pick<Invocation, 'terminal'>,
  words: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  using end = listenForEnd()
  const stop = new AbortController()
  void end.first.then(() => {
    terminal.say(`${words}; Ctrl-C once more does not wait`)
    stop.abort()
  })
  const impatient = end.second.then((): never => {
    throw new StoppedFailure(
      'ended in the middle of it; mizan db migrate status says where the database stands',
    )
  })
  return await Promise.race([work(stop.signal), impatient])
}

function lockTimeoutOf(invocation: Invocation): number | undefined {
  const text = invocation.text('lock-timeout')
  if (text === undefined) return undefined
  const seconds = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new UsageFailure(`--lock-timeout is a number of seconds, not "${text.slice(0, 40)}"`)
  return seconds * 1000
}
