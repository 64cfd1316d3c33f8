/** `mizan db migrate down`, `rollback` and `reset`. */

import type { Command, Invocation } from '../../../command.ts'
import { runOptions, withRunner } from '../../../database/migrations.ts'
import { RunTeller } from '../../../database/tell-run.ts'
import { ProjectFailure, UsageFailure } from '../../../failure.ts'
import { isDevelopment, lockOptions, underRules, withDatabase } from '../place.ts'

/** `mizan db migrate down` */
export const down: Command = {
  name: 'down',
  summary: 'Take the last applied migration back',
  usage: '',
  positionals: [],
  options: lockOptions,
  run: (invocation) => revert(invocation, 'last'),
}

/** `mizan db migrate rollback` */
export const rollback: Command = {
  name: 'rollback',
  summary: 'Take the last batch back, or with --all every migration',
  usage: '[--all] [--force]',
  positionals: [],
  options: {
    all: { type: 'boolean', summary: 'Every migration, not only the last batch' },
    force: { type: 'boolean', summary: 'Say so for --all outside of development' },
    ...lockOptions,
  },
  run(invocation) {
    const isAll = invocation.flag('all')
    if (isAll && !isDevelopment() && !invocation.flag('force'))
      throw new UsageFailure('mizan db migrate rollback --all outside of development needs --force')
    return revert(invocation, isAll ? 'all' : 'batch')
  },
}

/** `mizan db migrate reset` */
export const reset: Command = {
  name: 'reset',
  summary: 'Drop everything and apply all migrations; in development only',
  usage: '',
  positionals: [],
  options: lockOptions,
  run(invocation) {
    if (!isDevelopment())
      throw new ProjectFailure(
        'mizan db migrate reset drops every table; set NODE_ENV=development to mean it',
      )
    return withDatabase(invocation, (loaded, database) =>
      underRules(invocation, async (rules) => {
        using teller = new RunTeller(invocation.terminal)
        return await teller.around(() =>
          withRunner(loaded, async (runner, migrations) => {
            // What cannot be applied afterwards is told while there is still something to lose.
            const [unfit] = (await runner.verifyMigrations(migrations)).filter(
              ({ problem }) => problem === 'hash' || problem === 'proof',
            )
            if (unfit !== undefined) throw new ProjectFailure(`${unfit.text}. Nothing was dropped`)
            await runner.resetDatabase(database.dialect, { migrations })
            invocation.terminal.say('dropped everything')
            const { applied } = await runner.migrateLatest({
              migrations,
              ...runOptions(database, rules),
              ...teller.options,
            })
            teller.finish()
            return invocation.answer({ result: { applied } })
          }),
        )
      }),
    )
  },
}

function revert(invocation: Invocation, what: 'last' | 'batch' | 'all'): Promise<number> {
  return withDatabase(invocation, (loaded, database) =>
    underRules(invocation, async (rules) => {
      using teller = new RunTeller(invocation.terminal)
      return await teller.around(() =>
        withRunner(loaded, async (runner, migrations) => {
          const options = {
            migrations,
            ...runOptions(database, { ...rules, allowDestructive: true }),
            ...teller.options,
          }
          const { reverted, stepwise } =
            what === 'last'
              ? await runner.migrateDown(options).then((result) => ({
                  reverted: result.reverted === undefined ? [] : [result.reverted],
                  stepwise: [],
                }))
              : await runner.migrateRollback({ ...options, all: what === 'all' })
          teller.finish()
          for (const id of stepwise)
            invocation.terminal.say(`${id} was taken back in steps that cannot share a transaction`)
          invocation.terminal.say(
            reverted.length === 0
              ? 'there is nothing to take back'
              : `took back ${reverted.join(', ')}`,
          )
          return invocation.answer({ result: { reverted, stepwise } })
        }),
      )
    }),
  )
}
