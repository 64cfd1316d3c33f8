/** Calls of the migration runner, with the project's configuration and in words. */

import { resolve } from 'node:path'
import type { MigrateOptions } from '@mizan/db/migrate'
import { ProjectFailure } from '../failure.ts'
import type { LoadedConfig } from '../load-config.ts'
import type { Terminal } from '../terminal.ts'
import { dbOf } from './db-of.ts'
import type { OpenDatabase } from './open-database.ts'

/** The folder of the migrations. */
function folderOf(loaded: LoadedConfig): string {
  return resolve(loaded.root, dbOf(loaded).migrations)
}

/** Runs with the runner and the folder; what the data core refuses is a problem of the project. */
export function withRunner<T>(
  loaded: LoadedConfig,
  work: (runner: Runner, migrations: string) => Promise<T>,
): Promise<T> {
  return explained((runner) => work(runner, folderOf(loaded)))
}

/** What the command line says about a run. */
export interface RunRules {
  /** Outside of development: reviewed migrations only, and data is taken away only when that is said. */
  readonly guarded: boolean
  readonly allowDestructive: boolean
  readonly signal?: AbortSignal
}

/** The options of a run, told on the terminal. */
export function runOptions(
  { dialect }: Pick<OpenDatabase, 'dialect'>,
  rules: RunRules,
  terminal: Terminal,
): Omit<MigrateOptions, 'migrations'> {
  return {
    dialect,
    requireReview: rules.guarded,
    allowDestructive: !rules.guarded || rules.allowDestructive,
    ...(rules.signal === undefined ? {} : { signal: rules.signal }),
    onMigration: (id) => terminal.say(id),
    onStep: ({ step, steps, resumed, duration }) =>
      terminal.say(
        `  step ${Math.abs(step)} of ${steps}${resumed ? ' had been done' : ''} (${Math.round(duration)} ms)`,
      ),
    onProgress: (rows, where) => terminal.say(`  ${where}: ${rows} rows`),
  }
}

/** Applies what is pending: for `mizan dev`, where nobody has to have read a migration. */
export async function migrateLatest(
  loaded: LoadedConfig,
  database: OpenDatabase,
  terminal: Terminal,
): Promise<void> {
  const rules = { guarded: false, allowDestructive: true }
  const { applied } = await withRunner(loaded, (runner, migrations) =>
    runner.migrateLatest({ migrations, ...runOptions(database, rules, terminal) }),
  )
  terminal.say(
    applied.length === 0
      ? 'the database is up to date'
      : `applied ${applied.length} ${applied.length === 1 ? 'migration' : 'migrations'}`,
  )
}

type Runner = typeof import('@mizan/db/migrate')

/** Runs with the runner; what it refuses is a problem of the project, and its message is the whole story. */
async function explained<T>(work: (runner: Runner) => Promise<T>): Promise<T> {
  const [runner, { DbError }] = await Promise.all([
    import('@mizan/db/migrate'),
    import('@mizan/db'),
  ])
  try {
    return await work(runner)
  } catch (error) {
    if (error instanceof DbError) throw new ProjectFailure(error.message, { cause: error })
    throw error
  }
}
