/** What every command about the database begins with. */

import type { CommandOption, Invocation } from '../../command.ts'
import { dbOf } from '../../database/db-of.ts'
import type { RunRules } from '../../database/migrations.ts'
import { openDatabase, type OpenDatabase } from '../../database/open-database.ts'
import { scratchOf, type ScratchPlace } from '../../database/scratch-of.ts'
import { exitCodes } from '../../failure.ts'
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
  return database === undefined ? exitCodes.problem : await work(loaded, database)
}

/** Opens a place for proofs as the command line says. */
export function scratchFor(invocation: Invocation, loaded: LoadedConfig): Promise<ScratchPlace> {
  return scratchOf({
    loaded,
    url: invocation.text('scratch'),
    here: invocation.flag('scratch-here'),
    terminal: invocation.terminal,
  })
}

/** The options of commands that prove. */
export const scratchOptions: Readonly<Record<string, CommandOption>> = {
  scratch: { type: 'string', placeholder: 'url', summary: 'A server for scratch databases' },
  'scratch-here': {
    type: 'boolean',
    summary: 'Make scratch databases on the server of DATABASE_URL',
  },
}

/** The project's own database in `.mizan/`, or `NODE_ENV` says so. */
export function isDevelopment(): boolean {
  const environment = process.env['NODE_ENV'] ?? ''
  if (environment !== '') return environment === 'development' || environment === 'test'
  return (process.env['DATABASE_URL'] ?? '') === ''
}

/** Runs with the rules of the command line; Ctrl-C stops before the next step. */
export async function underRules(
  invocation: Invocation,
  work: (rules: RunRules) => Promise<number>,
): Promise<number> {
  using end = listenForEnd()
  const stop = new AbortController()
  void end.first.then(() => {
    invocation.terminal.say('stopping when this step is done')
    stop.abort()
  })
  return work({
    guarded: !isDevelopment(),
    allowDestructive: invocation.flag('allow-destructive'),
    signal: stop.signal,
  })
}
