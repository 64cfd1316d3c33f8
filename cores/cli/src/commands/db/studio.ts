/** `mizan db studio`: a look at the database in the browser. */

import { resolve } from 'node:path'
import type { Command } from '../../command.ts'
import type { DialectName } from '../../config.ts'
import { dbOf } from '../../database/db-of.ts'
import { exitCodes, ProjectFailure, UsageFailure } from '../../failure.ts'
import { listenForEnd } from '../../signals.ts'
import type { StudioEngine } from '../../studio/engine.ts'
import { withDatabase } from './place.ts'

const engines: Readonly<Record<DialectName, () => Promise<StudioEngine>>> = {
  postgres: async () => (await import('../../studio/engines/postgres.ts')).postgresEngine,
  sqlite: async () => (await import('../../studio/engines/sqlite.ts')).sqliteEngine,
  d1: async () => (await import('../../studio/engines/sqlite.ts')).sqliteEngine,
  mysql: async () => (await import('../../studio/engines/mysql.ts')).mysqlEngine,
}

/** `mizan db studio` */
export const studio: Command = {
  name: 'studio',
  summary: 'Look at tables, rows, relations, migrations and plans in the browser; writes nothing',
  usage: '[--port <number>]',
  positionals: [],
  options: {
    port: {
      type: 'string',
      placeholder: 'number',
      summary: 'Where to listen; a free one without it',
    },
  },
  run(invocation) {
    if (process.env['NODE_ENV'] === 'production')
      throw new ProjectFailure(
        'mizan db studio shows rows to whoever has its URL; not in production',
      )
    const port = portOf(invocation.text('port'))
    return withDatabase(invocation, async (loaded, { dialect: own, url }) => {
      const { config, root } = loaded
      const engine = await engines[dbOf(loaded).dialect]()
      using apart =
        dbOf(loaded).dialect === 'sqlite'
          ? (await import('../../studio/apart/look-apart.ts')).lookApart(own, {
              root,
              member: 'sqlite',
              url,
            })
          : undefined
      const dialect = apart?.dialect ?? own
      const [{ startStudio }, { introspectDatabase }] = await Promise.all([
        import('../../studio/start-studio.ts'),
        import('@mizan/db/migrate'),
      ])
      // Says at once when the database does not answer.
      await introspectDatabase(dialect)
      using end = listenForEnd()
      const place = {
        dialect,
        engine,
        root,
        migrations: resolve(loaded.root, config.db?.migrations ?? ''),
      }
      await using running = await startStudio(place, {
        port,
        onError: (error) =>
          invocation.terminal.complain(
            error instanceof Error ? (error.stack ?? error.message) : String(error),
          ),
      })
      invocation.answer({ result: { url: running.url }, text: running.url })
      invocation.terminal.say('open this URL in a browser; Ctrl-C ends')
      await end.first
      return exitCodes.ok
    })
  },
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535)
    throw new UsageFailure(`--port is a number up to 65535, not "${text.slice(0, 40)}"`)
  return port
}
