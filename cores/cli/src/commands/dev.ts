/** `mizan dev -- <command>`: database, generated files and the server, kept running through edits. */

import type { Command } from '../command.ts'
import { touchesMigrations } from '../database/db-of.ts'
import { openDatabase } from '../database/open-database.ts'
import { migrateLatest } from '../database/migrations.ts'
import { DevSession } from '../dev/session.ts'
import { exitCodes, UsageFailure } from '../failure.ts'
import { loadConfig } from '../load-config.ts'
import { openGenerator } from '../open-generator.ts'
import { listenForEnd } from '../signals.ts'
import { watchSources } from '../watch-sources.ts'

export const dev: Command = {
  name: 'dev',
  summary: 'Run a server; generate and restart it after every edit that compiles',
  usage: '-- <command>',
  positionals: [],
  options: {},
  takesCommand: true,
  async run({ folder, terminal, rest }) {
    using end = listenForEnd()
    const loaded = await loadConfig(folder)
    await using database = await openDatabase(loaded, terminal)
    if (database !== undefined) await migrateLatest(loaded, database, terminal)
    const session = new DevSession({
      loaded,
      terminal,
      generator: await openGenerator(loaded),
      command: rest,
      environment: database === undefined ? {} : { DATABASE_URL: database.url },
      async migrate(paths) {
        if (database === undefined || !touchesMigrations(loaded, paths)) return
        await migrateLatest(loaded, database, terminal)
      },
    })
    await using watcher = watchSources(loaded, {
      generator: session.generator,
      terminal,
      async onEdit(paths) {
        await session.edit(paths)
        watcher.follow(session.generator.sources())
      },
    })
    try {
      await session.start()
    } catch (error) {
      throw startFailure(rest, error)
    }
    watcher.follow(session.generator.sources())
    terminal.say('watching for edits; Ctrl-C ends')
    await end.first
    terminal.say('ending; Ctrl-C once more does not wait')
    void end.second.then(() => session.kill())
    await session.close()
    return exitCodes.ok
  },
}

function startFailure([program = '']: readonly string[], error: unknown): Error {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  return isMissing
    ? new UsageFailure(`the command "${program}" was not found; is it installed, and on the PATH?`)
    : new UsageFailure(`the command "${program}" cannot be started: ${String(error)}`, {
        cause: error,
      })
}
