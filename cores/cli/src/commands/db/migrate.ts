/** `mizan db migrate …`: apply, take back, and see where a database is. */

import type { Command, CommandGroup, CommandOption, Invocation } from '../../command.ts'
import { runOptions, withRunner } from '../../database/migrations.ts'
import { exitCodes, ProjectFailure, UsageFailure } from '../../failure.ts'
import { loadConfig } from '../../load-config.ts'
import { isDevelopment, scratchFor, scratchOptions, underRules, withDatabase } from './place.ts'

const rules: Readonly<Record<string, CommandOption>> = {
  'allow-destructive': { type: 'boolean', summary: 'Apply migrations that take data away' },
  'dry-run': { type: 'boolean', summary: 'Print the SQL, and run nothing' },
}

function applying(name: 'latest' | 'up', summary: string): Command {
  return {
    name,
    summary,
    usage: '[--dry-run] [--allow-destructive]',
    positionals: [],
    options: rules,
    run: (invocation) =>
      withDatabase(invocation, (loaded, database) =>
        underRules(invocation, (given) =>
          withRunner(loaded, async (runner, migrations) => {
            if (invocation.flag('dry-run')) {
              const { pending } = await runner.migrationStatus({ migrations, ...database })
              const all = await runner.readMigrations(migrations)
              const chosen = name === 'up' ? pending.slice(0, 1) : pending
              const scripts = all.filter(({ id }) => chosen.includes(id))
              return tellScripts(
                invocation,
                scripts.map(({ id, up }) => ({ id, steps: up })),
              )
            }
            const run = name === 'up' ? runner.migrateUp : runner.migrateLatest
            const options = runOptions(database, given, invocation.terminal)
            const { applied } = await run({ migrations, ...options })
            const text =
              applied.length === 0
                ? 'the database is up to date'
                : `applied ${applied.length} ${applied.length === 1 ? 'migration' : 'migrations'}`
            invocation.terminal.say(text)
            invocation.answer({ result: { applied } })
            return exitCodes.ok
          }),
        ),
      ),
  }
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
  invocation.answer({ result: { scripts }, ...(text === '' ? {} : { text: text.trimEnd() }) })
  return exitCodes.ok
}

function reverting(name: 'down' | 'rollback', summary: string): Command {
  return {
    name,
    summary,
    usage: name === 'rollback' ? '[--all] [--force]' : '',
    positionals: [],
    options: {
      ...(name === 'rollback'
        ? { all: { type: 'boolean' as const, summary: 'Every migration, not only the last batch' } }
        : {}),
      force: { type: 'boolean', summary: 'Say so for --all outside of development' },
    },
    run: (invocation) =>
      withDatabase(invocation, (loaded, database) =>
        underRules(invocation, (given) =>
          withRunner(loaded, async (runner, migrations) => {
            const all = invocation.flag('all')
            if (all && !isDevelopment() && !invocation.flag('force'))
              throw new UsageFailure(
                'mizan db migrate rollback --all outside of development needs --force',
              )
            const options = {
              migrations,
              ...runOptions(database, { ...given, allowDestructive: true }, invocation.terminal),
            }
            const { reverted, stepwise } =
              name === 'down'
                ? await runner.migrateDown(options).then((result) => ({
                    reverted: result.reverted === undefined ? [] : [result.reverted],
                    stepwise: [],
                  }))
                : await runner.migrateRollback({ ...options, all })
            for (const id of stepwise)
              invocation.terminal.say(
                `${id} was taken back in steps that cannot share a transaction`,
              )
            invocation.terminal.say(
              reverted.length === 0
                ? 'there is nothing to take back'
                : `took back ${reverted.join(', ')}`,
            )
            invocation.answer({ result: { reverted, stepwise } })
            return exitCodes.ok
          }),
        ),
      ),
  }
}

const status: Command = {
  name: 'status',
  summary: 'List what is applied and what is pending; exit 1 when something is',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    withDatabase(invocation, (loaded, { dialect }) =>
      withRunner(loaded, async (runner, migrations) => {
        const status = await runner.migrationStatus({ migrations, dialect })
        const { applied, pending, partial, reverting: half, interrupted } = status
        const lines = [
          ...applied.map(({ id, batch }) => `applied  ${id}  (batch ${batch})`),
          ...pending.map((id) => {
            const at = [partial, half].find((one) => one?.id === id)
            const what = at === half ? 'taken back to step' : 'step'
            return `pending  ${id}${at === undefined ? '' : `  (${what} ${at.done} of ${at.steps})`}`
          }),
        ]
        if (interrupted !== undefined)
          invocation.terminal.complain(
            `step ${interrupted.step} of ${interrupted.id} was begun; the next run looks whether it happened`,
          )
        if (lines.length === 0) invocation.terminal.say('there are no migrations')
        const code = pending.length > 0 ? exitCodes.problem : exitCodes.ok
        invocation.answer({
          result: status,
          code,
          ...(lines.length === 0 ? {} : { text: lines.join('\n') }),
        })
        return code
      }),
    ),
}

const reset: Command = {
  name: 'reset',
  summary: 'Drop everything and apply all migrations; in development only',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    withDatabase(invocation, (loaded, database) =>
      underRules(invocation, (given) =>
        withRunner(loaded, async (runner, migrations) => {
          if (!isDevelopment())
            throw new ProjectFailure(
              'mizan db migrate reset drops every table; set NODE_ENV=development to mean it',
            )
          await runner.resetDatabase(database.dialect)
          const { applied } = await runner.migrateLatest({
            migrations,
            ...runOptions(database, given, invocation.terminal),
          })
          invocation.answer({ result: { applied } })
          return exitCodes.ok
        }),
      ),
    ),
}

const verify: Command = {
  name: 'verify',
  summary: 'For CI: exit 1 when a migration was edited, not proved, or not reviewed',
  usage: '',
  positionals: [],
  options: {},
  run: async (invocation) =>
    withRunner(await loadConfig(invocation.folder), async (runner, migrations) => {
      const problems = await runner.verifyMigrations(migrations)
      for (const { text } of problems) invocation.terminal.complain(text)
      const code = problems.length > 0 ? exitCodes.problem : exitCodes.ok
      invocation.answer({ result: { problems }, code })
      return code
    }),
}

const review: Command = {
  name: 'review',
  summary: 'Record that somebody has read a migration as it is now',
  usage: '<id>',
  positionals: ['id'],
  options: {},
  run: async (invocation) =>
    withRunner(await loadConfig(invocation.folder), async (runner, migrations) => {
      const [id = ''] = invocation.positionals
      await runner.reviewMigration(migrations, id)
      invocation.terminal.say(`reviewed ${id}`)
      invocation.answer({ result: { id } })
      return exitCodes.ok
    }),
}

const unlock: Command = {
  name: 'unlock',
  summary: 'End the session that holds the migration lock',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    withDatabase(invocation, (loaded, { dialect }) =>
      withRunner(loaded, async (runner) => {
        const holder = await runner.unlockMigrations(dialect)
        invocation.terminal.say(holder === undefined ? 'nobody holds the lock' : `ended ${holder}`)
        invocation.answer({ result: { holder: holder ?? null } })
        return exitCodes.ok
      }),
    ),
}

const resolve: Command = {
  name: 'resolve',
  summary: 'Say what became of a step that was interrupted: done or undone',
  usage: '<id> <step> <done|undone>',
  positionals: ['id', 'step', 'as'],
  options: {},
  run: (invocation) =>
    withDatabase(invocation, (loaded, { dialect }) =>
      withRunner(loaded, async (runner) => {
        const [id = '', step = '', as = ''] = invocation.positionals
        if (as !== 'done' && as !== 'undone')
          throw new UsageFailure(`a step is done or undone, not "${as.slice(0, 40)}"`)
        await runner.resolveStep({ dialect, id, step: Number(step), as })
        invocation.answer({ result: { id, step: Number(step), as } })
        return exitCodes.ok
      }),
    ),
}

/** A migration that is written by hand. */
const make: Command = {
  name: 'make',
  summary: 'Write empty scripts, to be filled by hand and then proved',
  usage: '<name>',
  positionals: ['name'],
  options: scratchOptions,
  run: async (invocation) => {
    const loaded = await loadConfig(invocation.folder)
    const { writeMigration } = await import('./schema.ts')
    const [name = ''] = invocation.positionals
    await using scratch = await scratchFor(invocation, loaded)
    return writeMigration(invocation, loaded, { name, empty: true, scratch: scratch.open })
  },
}

/** The group. */
export const migrate: CommandGroup = {
  name: 'migrate',
  summary: 'Apply migrations, take them back, and see where the database is',
  commands: [
    applying('latest', 'Apply all migrations that are pending'),
    applying('up', 'Apply the next migration'),
    reverting('down', 'Take the last applied migration back'),
    reverting('rollback', 'Take the last batch back, or with --all every migration'),
    status,
    reset,
    make,
    verify,
    review,
    unlock,
    resolve,
  ],
}
