/** Calls of the migration runner, with the project's configuration and in words. */

import { resolve } from 'node:path'
import type { MigrateOptions } from '@mizan/db/migrate'
import { register } from 'tsx/esm/api'
import type { LoadedConfig } from '../load-config.ts'
import type { Terminal } from '../terminal.ts'
import { dbOf } from './db-of.ts'
import { explained } from './explained.ts'
import type { OpenDatabase } from './open-database.ts'
import { countOf, RunTeller } from './tell-run.ts'

type Runner = typeof import('@mizan/db/migrate')

/** Runs with the runner and the folder; what the data core refuses is a problem of the project. */
export async function withRunner<T>(
  loaded: LoadedConfig,
  work: (runner: Runner, migrations: string) => Promise<T>,
): Promise<T> {
  const runner = await import('@mizan/db/migrate')
  // `up.ts` and `down.ts` are read as the configuration is, also where Node itself reads no TypeScript.
  const unregister = register()
  try {
    return await explained(() => work(runner, resolve(loaded.root, dbOf(loaded).migrations)))
  } finally {
    await unregister()
  }
}

/** What the command line says about a run. */
export interface RunRules {
  /** Outside of development: reviewed migrations only, and data is taken away only when that is said. */
  readonly guarded: boolean
  readonly allowDestructive: boolean
  /** Milliseconds to wait for another run. @default 60_000 */
  readonly lockTimeout?: number | undefined
  readonly signal?: AbortSignal
}

/** The options of a run. */
export function runOptions(
  { dialect }: Pick<OpenDatabase, 'dialect'>,
  { guarded, allowDestructive, lockTimeout, signal }: RunRules,
): Omit<MigrateOptions, 'migrations'> {
  return {
    dialect,
    requireReview: guarded,
    allowDestructive: !guarded || allowDestructive,
    ...(lockTimeout === undefined ? {} : { lockTimeout }),
    ...(signal === undefined ? {} : { signal }),
  }
}

/** Applies what is pending: for `mizan dev`, where nobody has to have read a migration. */
export async function migrateLatest(
  loaded: LoadedConfig,
  database: OpenDatabase,
  terminal: Terminal,
): Promise<void> {
  using teller = new RunTeller(terminal)
  const rules = runOptions(database, { guarded: false, allowDestructive: true })
  const { applied } = await teller.around(() =>
    withRunner(loaded, (runner, migrations) =>
      runner.migrateLatest({ migrations, ...rules, ...teller.options }),
    ),
  )
  terminal.say(
    applied.length === 0 ? 'the database is up to date' : `applied ${countOf(applied.length)}`,
  )
}
