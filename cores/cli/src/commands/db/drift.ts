/** `mizan db drift` and `mizan db reconcile`: the live database against what it has applied. */

import type { Command } from '../../command.ts'
import { loadSchema } from '../../database/load-schema.ts'
import { withRunner } from '../../database/migrations.ts'
import { UsageFailure } from '../../failure.ts'
import {
  lockOptions,
  lookAtDatabase,
  scratchFor,
  scratchOptions,
  untilStopped,
  waiting,
  withDatabase,
} from './place.ts'

/** `mizan db drift` */
export const drift: Command = {
  name: 'drift',
  summary: 'Compare the live database with what it has applied; exit 1 when they differ',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    lookAtDatabase(invocation, (loaded, { dialect }) =>
      withRunner(loaded, async (runner, migrations) => {
        const { describeDifference } = await import('@mizan/db')
        const found = await runner.findDrift({ migrations, dialect })
        if (found.length === 0) invocation.terminal.say('the database has what was applied')
        return invocation.answer({
          result: { drift: found },
          failure: driftFailure(found.length),
          ...(found.length === 0 ? {} : { text: found.map(describeDifference).join('\n') }),
        })
      }),
    ),
}

/** `mizan db reconcile` */
export const reconcile: Command = {
  name: 'reconcile',
  summary: 'Show live × applied × schema; adopt what the database has, or take it back',
  usage: '[--adopt | --revert]',
  positionals: [],
  options: {
    adopt: { type: 'boolean', summary: 'Write what the database has as a migration' },
    revert: { type: 'boolean', summary: 'Make the database what was applied' },
    ...scratchOptions,
    ...lockOptions,
  },
  run(invocation) {
    const [adopt, revert] = [invocation.flag('adopt'), invocation.flag('revert')]
    if (adopt && revert)
      throw new UsageFailure('mizan db reconcile takes --adopt or --revert, not both')
    const first = adopt ? 'stopping before anything is written' : 'stopping when this is done'
    const second = 'mizan db drift says where the database stands'
    return withDatabase(invocation, (loaded, { dialect }) =>
      untilStopped(invocation, { first, second }, async (stopping) => {
        const schema = await loadSchema(loaded)
        const { describeDifference } = await import('@mizan/db')
        await using scratch = adopt ? await scratchFor(invocation, loaded, stopping) : undefined
        return await withRunner(loaded, async (runner, migrations) => {
          const result = await runner.reconcile({
            migrations,
            dialect,
            schema,
            mode: adopt ? 'adopt' : revert ? 'revert' : 'show',
            ...waiting(invocation, stopping),
            ...(scratch === undefined ? {} : { scratch: scratch.open }),
          })
          const lines = [
            ...result.drift.map((one) => `live     ${describeDifference(one)}`),
            ...result.pending.map((one) => `schema   ${describeDifference(one)}`),
          ]
          if (result.adopted !== undefined) invocation.terminal.say(`wrote ${result.adopted}`)
          return invocation.answer({
            result,
            failure: adopt || revert ? undefined : driftFailure(result.drift.length),
            ...(lines.length === 0 ? {} : { text: lines.join('\n') }),
          })
        })
      }),
    )
  },
}

/** Why a database that was changed by hand fails a command. */
export function driftFailure(differences: number): string | undefined {
  if (differences === 0) return undefined
  const places = differences === 1 ? 'place' : 'places'
  return `the database is not what was applied, in ${differences} ${places}; see mizan db reconcile --adopt and --revert`
}
