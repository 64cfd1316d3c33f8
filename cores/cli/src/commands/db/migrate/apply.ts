/** `mizan db migrate latest` and `up`. */

import type { Command, CommandOption, Invocation } from '../../../command.ts'
import { runOptions, withRunner } from '../../../database/migrations.ts'
import { countOf, formatDuration, RunTeller } from '../../../database/tell-run.ts'
import { lockOptions, underRules, withDatabase } from '../place.ts'

/** The options of commands that apply. */
const applyOptions: Readonly<Record<string, CommandOption>> = {
  'allow-destructive': { type: 'boolean', summary: 'Apply migrations that take data away' },
  'dry-run': { type: 'boolean', summary: 'Print the SQL, and run nothing' },
  ...lockOptions,
}

/** `latest` applies all, `up` the next one. */
export function applying(name: 'latest' | 'up', summary: string): Command {
  return {
    name,
    summary,
    usage: '[--dry-run] [--allow-destructive]',
    positionals: [],
    options: applyOptions,
    run: (invocation) =>
      withDatabase(invocation, (loaded, database) =>
        underRules(invocation, async (rules) => {
          if (invocation.flag('dry-run'))
            return withRunner(loaded, async (runner, migrations) => {
              const { pending } = await runner.migrationStatus({ migrations, ...database })
              const all = await runner.readMigrations(migrations)
              const chosen = name === 'up' ? pending.slice(0, 1) : pending
              const scripts = all.filter(({ id }) => chosen.includes(id))
              return tellScripts(
                invocation,
                scripts.map(({ id, up }) => ({ id, steps: up })),
              )
            })
          using teller = new RunTeller(invocation.terminal)
          return await teller.around(() =>
            withRunner(loaded, async (runner, migrations) => {
              const run = name === 'up' ? runner.migrateUp : runner.migrateLatest
              const options = { ...runOptions(database, rules), ...teller.options }
              const { applied } = await run({ migrations, ...options })
              teller.finish()
              const { milliseconds } = teller.report()
              const { pending } = await runner.migrationStatus({ migrations, ...database })
              tellEnd({ applied, pending, milliseconds }, invocation)
              return invocation.answer({ result: { applied, pending, milliseconds } })
            }),
          )
        }),
      ),
  }
}

interface End {
  readonly applied: readonly string[]
  readonly pending: readonly string[]
  readonly milliseconds: number
}

function tellEnd({ applied, pending, milliseconds }: End, { terminal }: Invocation): void {
  const [next] = pending
  terminal.say(
    applied.length === 0
      ? 'the database is up to date'
      : `applied ${countOf(applied.length)} in ${formatDuration(milliseconds)}`,
  )
  if (next !== undefined) terminal.say(`next: ${next} (${countOf(pending.length)} wait)`)
}

interface ShownScript {
  readonly id: string
  readonly steps: readonly { readonly kind: string; readonly statements: readonly string[] }[]
}

function tellScripts(invocation: Invocation, scripts: readonly ShownScript[]): number {
  const text = scripts
    .map(
      ({ id, steps }) =>
        `-- ${id}\n${steps.map(({ kind, statements }) => `-- ${kind}\n${statements.map((one) => `${one};\n`).join('')}`).join('')}`,
    )
    .join('\n')
  if (text === '') invocation.terminal.say('the database is up to date')
  return invocation.answer({
    result: { scripts },
    ...(text === '' ? {} : { text: text.trimEnd() }),
  })
}
