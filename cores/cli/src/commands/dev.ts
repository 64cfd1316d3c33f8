/** `mizan dev -- <command>`: database, generated files and the server, kept running through edits. */

import { isDeepStrictEqual } from 'node:util'
import type { Command } from '../command.ts'
import { byWrangler, isD1 } from '../database/d1.ts'
import { touchesMigrations } from '../database/db-of.ts'
import { openDatabase } from '../database/open-database.ts'
import { migrateLatest } from '../database/migrations.ts'
import { DevSession } from '../dev/session.ts'
import { exitCodes, UsageFailure, wordsFor } from '../failure.ts'
import { type LoadedConfig, loadConfig } from '../load-config.ts'
import { openGenerator } from '../open-generator.ts'
import { type EndRequests, listenForEnd } from '../signals.ts'
import type { Terminal } from '../terminal.ts'
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
    const place: Place = { folder, terminal, command: rest, end }
    let next = await serve(await loadConfig(folder), place)
    while (next !== undefined) {
      const loaded = next
      terminal.say('mizan.config.ts changed; beginning anew')
      next = await serve(loaded, place).catch((error: unknown) => {
        terminal.complain(`${wordsFor(error)}; waiting for an edit of mizan.config.ts`)
        return waitForConfig(loaded, place)
      })
    }
    return exitCodes.ok
  },
}

interface Place {
  readonly folder: string
  readonly terminal: Terminal
  readonly command: readonly string[]
  readonly end: EndRequests
}

/** Runs with one configuration; resolves with the next one, or with nothing when it is to end. */
async function serve(loaded: LoadedConfig, place: Place): Promise<LoadedConfig | undefined> {
  const { folder, terminal, command, end } = place
  await using database = await openDatabase(loaded, terminal)
  if (database !== undefined) await migrateLatest(loaded, database, terminal)
  if (loaded.config.db !== undefined && isD1(loaded)) terminal.say(byWrangler(loaded))
  const session = new DevSession({
    loaded,
    terminal,
    generator: await openGenerator(loaded),
    command,
    environment: database === undefined ? {} : { DATABASE_URL: database.url },
    async migrate(paths) {
      if (database === undefined || !touchesMigrations(loaded, paths)) return
      await migrateLatest(loaded, database, terminal)
    },
  })
  let change: (next: LoadedConfig) => void = () => undefined
  const changed = new Promise<LoadedConfig>((resolve) => (change = resolve))
  await using watcher = watchSources(loaded, {
    generator: session.generator,
    terminal,
    async onEdit(paths) {
      const next = paths.includes(loaded.path) ? await session.attempt(loadConfig(folder)) : loaded
      if (next === undefined) return
      if (isDeepStrictEqual(next, loaded)) await session.edit(paths)
      else change(next)
      watcher.follow(session.generator.sources())
    },
  })
  try {
    await session.start()
  } catch (error) {
    await session.close()
    throw startFailure(command, error)
  }
  watcher.follow(session.generator.sources())
  terminal.say('watching for edits; Ctrl-C ends')
  await session.generator.warm()
  const next = await Promise.race([end.first.then(() => undefined), changed])
  if (next === undefined) terminal.say('ending; Ctrl-C once more does not wait')
  void end.second.then(() => session.kill())
  await session.close()
  return next
}

/** Waits for a configuration that loads. */
async function waitForConfig(
  loaded: LoadedConfig,
  place: Place,
): Promise<LoadedConfig | undefined> {
  const { folder, terminal, end } = place
  let change: (next: LoadedConfig) => void = () => undefined
  const changed = new Promise<LoadedConfig>((resolve) => (change = resolve))
  await using watcher = watchSources(loaded, {
    generator: { isCurrent: () => true },
    terminal,
    async onEdit(paths) {
      if (paths.includes(loaded.path)) change(await loadConfig(folder))
    },
  })
  watcher.follow([])
  return await Promise.race([end.first.then(() => undefined), changed])
}

function startFailure([program = '']: readonly string[], error: unknown): Error {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
  return isMissing
    ? new UsageFailure(`the command "${program}" was not found; is it installed, and on the PATH?`)
    : new UsageFailure(`the command "${program}" cannot be started: ${String(error)}`, {
        cause: error,
      })
}
