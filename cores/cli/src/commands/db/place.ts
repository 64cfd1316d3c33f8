/** What every command about the database begins with. */

import type { LockOptions } from '@mizan/db/migrate'
import type { CommandOption, Invocation } from '../../command.ts'
import { byWrangler, isD1 } from '../../database/d1.ts'
import { explained } from '../../database/explained.ts'
import type { RunRules } from '../../database/migrations.ts'
import { openDatabase, type OpenDatabase } from '../../database/open-database.ts'
import { scratchOf, type ScratchPlace } from '../../database/scratch-of.ts'
import { wordsForWaiting } from '../../database/tell-run.ts'
import { exitCodes, ProjectFailure, StoppedFailure, UsageFailure } from '../../failure.ts'
import { type LoadedConfig, loadConfig } from '../../load-config.ts'
import { listenForEnd } from '../../signals.ts'

/** Opens the database of the configuration, and closes it afterwards. Ctrl-C ends the opening. */
export async function withDatabase(
  { folder, terminal }: Invocation,
  work: (loaded: LoadedConfig, database: OpenDatabase) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfig(folder)
  // Says what is missing, before anything is started.
  if (isD1(loaded)) throw new ProjectFailure(byWrangler(loaded))
  await using database = await atOnce(
    'stopped before the database was opened',
    openDatabase(loaded, terminal),
  )
  return database === undefined ? exitCodes.problem : await explained(() => work(loaded, database))
}

/** For commands that only look, or do one thing that the database does whole: Ctrl-C does not wait for it. */
export function lookAtDatabase(
  invocation: Invocation,
  work: (loaded: LoadedConfig, database: OpenDatabase) => Promise<number>,
): Promise<number> {
  return withDatabase(invocation, (loaded, database) =>
    atOnce(
      'stopped; mizan db migrate status says where the database stands',
      work(loaded, database),
    ),
  )
}

async function atOnce<T>(words: string, work: Promise<T>): Promise<T> {
  using end = listenForEnd()
  const stopped = end.first.then((): never => {
    throw new StoppedFailure(words)
  })
  return await Promise.race([work, stopped])
}

/** Opens a place for proofs as the command line says; after Ctrl-C none is opened, and those that are open go. */
export async function scratchFor(
  invocation: Invocation,
  loaded: LoadedConfig,
  { signal, leave }: Stopping,
): Promise<ScratchPlace> {
  const stopped = new StoppedFailure('stopped before it was proved')
  const place = await scratchOf({
    loaded,
    url: invocation.text('scratch'),
    here: invocation.flag('scratch-here'),
    terminal: invocation.terminal,
  }).catch((error: unknown) => {
    // Ctrl-C on a terminal ends what has been started, too.
    throw signal.aborted ? stopped : error
  })
  return {
    async open() {
      if (signal.aborted) throw stopped
      const opening = place.open()
      let dropped: Promise<void> | undefined
      const drop = async (): Promise<void> => {
        const scratch = await opening
        dropped ??= Promise.resolve(scratch[Symbol.asyncDispose]())
        await dropped
      }
      leave(drop)
      const { dialect } = await opening
      return { dialect, signal, [Symbol.asyncDispose]: drop }
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
  return untilStopped(invocation, { first: 'stopping when this step is done' }, ({ signal }) =>
    work({
      guarded: !isDevelopment(),
      allowDestructive: invocation.flag('allow-destructive'),
      lockTimeout,
      signal,
    }),
  )
}

/** What work that can be stopped is given. */
export interface Stopping {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Says what is still done when a second one does not wait for `work`; a third one does not wait for that either. */
  readonly leave: (cleanup: () => Promise<void>) => void
}

/** What is said about Ctrl-C. */
export interface StopWords {
  /** To the first one. */
  readonly first: string
  /** To the second one: where things stand. @default mizan db migrate status says it */
  readonly second?: string
}

/** For commands that write migrations: what is said after the second Ctrl-C. */
export const filesStand = 'mizan db migrate verify says which migrations are there, and proved'

/** Ctrl-C asks `work` to end where nothing is half done; a second one does not wait for that. */
export async function untilStopped<T>(
  { terminal }: Pick<Invocation, 'terminal'>,
  { first, second = 'mizan db migrate status says where the database stands' }: StopWords,
  work: (stopping: Stopping) => Promise<T>,
): Promise<T> {
  using end = listenForEnd()
  const stop = new AbortController()
  const cleanups: (() => Promise<void>)[] = []
  void end.first.then(() => {
    terminal.say(`${first}; Ctrl-C once more does not wait`)
    stop.abort()
  })
  const impatient = end.second.then(async (): Promise<never> => {
    await Promise.allSettled(cleanups.map((cleanup) => cleanup()))
    throw new StoppedFailure(`ended in the middle of it; ${second}`)
  })
  const leave = (cleanup: () => Promise<void>): void => void cleanups.push(cleanup)
  return await Promise.race([work({ signal: stop.signal, leave }), impatient])
}

/** What work under the migration lock is given that is no run of migrations. */
export function waiting(
  invocation: Invocation,
  { signal }: Stopping,
): Pick<RunRules, 'lockTimeout'> & Pick<LockOptions, 'signal' | 'onWait'> {
  return {
    signal,
    lockTimeout: lockTimeoutOf(invocation),
    onWait: (holder) => invocation.terminal.say(wordsForWaiting(holder)),
  }
}

function lockTimeoutOf(invocation: Invocation): number | undefined {
  const text = invocation.text('lock-timeout')
  if (text === undefined) return undefined
  const seconds = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new UsageFailure(`--lock-timeout is a number of seconds, not "${text.slice(0, 40)}"`)
  return seconds * 1000
}
