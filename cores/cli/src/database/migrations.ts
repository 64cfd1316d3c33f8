/** Calls of the migration runner, with the project's configuration and in words. */

import { resolve } from 'node:path'
import type { MigrationStatus } from '@mizan/db/migrate'
import { ProjectFailure } from '../failure.ts'
import type { LoadedConfig } from '../load-config.ts'
import type { Terminal } from '../terminal.ts'
import { dbOf } from './db-of.ts'
import { loadSchema } from './load-schema.ts'
import { dialectOf, type OpenDatabase } from './open-database.ts'

/** The folder of the migrations. */
function folderOf(loaded: LoadedConfig): string {
  return resolve(loaded.root, dbOf(loaded).migrations)
}

/** What `mizan db generate` was told. */
export interface GenerateMigrationOptions {
  readonly name: string
  readonly empty: boolean
}

/** Writes the migration from the last one to the schema; touches no database. */
export async function generateMigration(
  loaded: LoadedConfig,
  { name, empty }: GenerateMigrationOptions,
  terminal: Terminal,
): Promise<void> {
  const schema = await loadSchema(loaded)
  const dialect = await dialectOf(loaded)
  await explained(async (runner) => {
    const written = await runner.generateMigration({
      migrations: folderOf(loaded),
      name,
      empty,
      schema,
      dialect,
    })
    if (written === undefined) {
      terminal.say('the migrations say what the schema says; nothing to generate')
      return
    }
    for (const change of written.changes) terminal.say(`  ${change}`)
    for (const loss of written.destructive) terminal.complain(`loses data: ${loss}`)
    terminal.say(`wrote ${written.path}`)
  })
}

/** Makes the hash of a migration that was edited by hand; the last one may take the schema as it is now. */
export async function sealMigration(
  loaded: LoadedConfig,
  id: string,
  terminal: Terminal,
): Promise<void> {
  const schema = await loadSchema(loaded)
  await explained(async (runner) => {
    const migrations = folderOf(loaded)
    const isLast = (await runner.readMigrations(migrations)).at(-1)?.id === id
    await runner.sealMigration({ migrations, id, ...(isLast ? { schema } : {}) })
    terminal.say(`sealed ${id}`)
  })
}

/** Applies what is pending. */
export async function migrateLatest(
  loaded: LoadedConfig,
  { dialect }: OpenDatabase,
  terminal: Terminal,
): Promise<void> {
  await explained(async (runner) => {
    const { applied } = await runner.migrateLatest({
      migrations: folderOf(loaded),
      dialect,
      onMigration: (id) => terminal.say(`applying ${id}`),
    })
    terminal.say(
      applied.length === 0
        ? 'the database is up to date'
        : `applied ${applied.length} of the migrations`,
    )
  })
}

/** Takes the last applied migration back. */
export async function migrateDown(
  loaded: LoadedConfig,
  { dialect }: OpenDatabase,
  terminal: Terminal,
): Promise<void> {
  await explained(async (runner) => {
    const { reverted } = await runner.migrateDown({ migrations: folderOf(loaded), dialect })
    terminal.say(reverted === undefined ? 'there is nothing to take back' : `took back ${reverted}`)
  })
}

/** What is applied and what waits. */
export async function migrationStatus(
  loaded: LoadedConfig,
  { dialect }: OpenDatabase,
): Promise<MigrationStatus> {
  return explained((runner) => runner.migrationStatus({ migrations: folderOf(loaded), dialect }))
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
