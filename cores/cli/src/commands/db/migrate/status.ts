/** `mizan db migrate status`: where a database stands. */

import type { MigrationStatus } from '@mizan/db/migrate'
import type { Command } from '../../../command.ts'
import { withRunner } from '../../../database/migrations.ts'
import { countOf } from '../../../database/tell-run.ts'
import { lookAtDatabase } from '../place.ts'

/** `mizan db migrate status` */
export const status: Command = {
  name: 'status',
  summary: 'List what is applied and what is pending; exit 1 when something is',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    lookAtDatabase(invocation, (loaded, { dialect }) =>
      withRunner(loaded, async (runner, migrations) => {
        const found = await runner.migrationStatus({ migrations, dialect })
        const holder = await runner.onConnection(dialect, ({ run }) =>
          // Who may not see other sessions is not told of them.
          Promise.resolve(dialect.migrations.lockHolder?.(run)).catch(() => undefined),
        )
        const foreign = await runner.foreignFolders(migrations)
        const { terminal } = invocation
        if (holder !== undefined) terminal.say(`a migration runs right now (${holder})`)
        for (const name of foreign)
          terminal.complain(`${name} is no migration: its name is not <14 digits>_<words>`)
        if (found.interrupted !== undefined)
          terminal.complain(
            `step ${Math.abs(found.interrupted.step)} of ${found.interrupted.id} was begun; the next run looks whether it happened`,
          )
        const lines = linesOf(found)
        if (lines.length === 0) terminal.say('there are no migrations')
        return invocation.answer({
          result: { ...found, holder: holder ?? null, foreign },
          failure: failureOf(found),
          ...(lines.length === 0 ? {} : { text: lines.join('\n') }),
        })
      }),
    ),
}

function linesOf({ applied, pending, partial, reverting }: MigrationStatus): readonly string[] {
  return [
    ...applied.map(({ id, batch }) => `applied  ${id}  (batch ${batch})`),
    ...pending.map((id) => {
      const at = [partial, reverting].find((one) => one?.id === id)
      const what = at === reverting ? 'taken back to step' : 'step'
      return `pending  ${id}${at === undefined ? '' : `  (${what} ${at.done} of ${at.steps})`}`
    }),
  ]
}

function failureOf({ pending, partial, reverting }: MigrationStatus): string | undefined {
  if (reverting !== undefined)
    return `${reverting.id} is taken back up to step ${reverting.done} of ${reverting.steps}; go on: mizan db migrate down`
  if (pending.length === 0) return undefined
  const at =
    partial === undefined
      ? ''
      : `, the first is done up to step ${partial.done} of ${partial.steps}`
  return `${countOf(pending.length)} ${pending.length === 1 ? 'waits' : 'wait'}${at}; apply: mizan db migrate latest`
}
