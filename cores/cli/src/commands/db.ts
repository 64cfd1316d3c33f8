/** `mizan db …`: migrations of the configured database. */

import type { Command, CommandGroup, Invocation } from '../command.ts'
import { dbOf } from '../database/db-of.ts'
import * as migrations from '../database/migrations.ts'
import { openDatabase, type OpenDatabase } from '../database/open-database.ts'
import { exitCodes } from '../failure.ts'
import { type LoadedConfig, loadConfig } from '../load-config.ts'

const generate: Command = {
  name: 'generate',
  summary: 'Write the migration from the last one to the schema',
  usage: '<name> [--empty]',
  positionals: ['name'],
  options: {
    empty: {
      type: 'boolean',
      summary: 'Without statements, to be written by hand and then sealed',
    },
  },
  async run({ folder, terminal, positionals, flag }) {
    const [name = ''] = positionals
    await migrations.generateMigration(
      await loadConfig(folder),
      { name, empty: flag('empty') },
      terminal,
    )
    return exitCodes.ok
  },
}

const seal: Command = {
  name: 'seal',
  summary: 'Accept the files of a migration as they were edited',
  usage: '<id>',
  positionals: ['id'],
  options: {},
  async run({ folder, terminal, positionals }) {
    const [id = ''] = positionals
    await migrations.sealMigration(await loadConfig(folder), id, terminal)
    return exitCodes.ok
  },
}

const latest: Command = {
  name: 'latest',
  summary: 'Apply all migrations that are pending',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    withDatabase(invocation, async (loaded, database) => {
      await migrations.migrateLatest(loaded, database, invocation.terminal)
      return exitCodes.ok
    }),
}

const down: Command = {
  name: 'down',
  summary: 'Take the last applied migration back',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    withDatabase(invocation, async (loaded, database) => {
      await migrations.migrateDown(loaded, database, invocation.terminal)
      return exitCodes.ok
    }),
}

const status: Command = {
  name: 'status',
  summary: 'List what is applied and what is pending; exit 1 when something is',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    withDatabase(invocation, async (loaded, database) => {
      const { terminal } = invocation
      const { applied, pending, partial } = await migrations.migrationStatus(loaded, database)
      for (const { id, batch } of applied) terminal.print(`applied  ${id}  (batch ${batch})`)
      for (const id of pending) {
        terminal.print(
          `pending  ${id}${partial?.id === id ? `  (step ${partial.done} of ${partial.steps})` : ''}`,
        )
      }
      if (applied.length + pending.length === 0) terminal.say('there are no migrations')
      return pending.length > 0 ? exitCodes.problem : exitCodes.ok
    }),
}

export const db: CommandGroup = {
  name: 'db',
  summary: 'The database of mizan.config.ts: DATABASE_URL, or one of its own in .mizan/',
  commands: [
    generate,
    seal,
    {
      name: 'migrate',
      summary: 'Apply migrations, take them back, and see where the database is',
      commands: [latest, down, status],
    },
  ],
}

async function withDatabase(
  { folder, terminal }: Invocation,
  work: (loaded: LoadedConfig, database: OpenDatabase) => Promise<number>,
): Promise<number> {
  const loaded = await loadConfig(folder)
  dbOf(loaded) // says what is missing, before anything is started
  await using database = await openDatabase(loaded, terminal)
  return database === undefined ? exitCodes.problem : await work(loaded, database)
}
