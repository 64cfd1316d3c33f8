/** `mizan db migrate unlock` and `resolve`: for a person who has looked. */

import type { Command } from '../../../command.ts'
import { withRunner } from '../../../database/migrations.ts'
import { UsageFailure } from '../../../failure.ts'
import { lookAtDatabase } from '../place.ts'

/** `mizan db migrate unlock` */
export const unlock: Command = {
  name: 'unlock',
  summary: 'End the session that holds the migration lock',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    lookAtDatabase(invocation, (loaded, { dialect }) =>
      withRunner(loaded, async (runner) => {
        const holder = await runner.unlockMigrations(dialect)
        // Of a file, whoever writes holds the lock: its process ends it.
        const nobody =
          dialect.migrations.breakLock === undefined
            ? `${dialect.name} has no lock that outlives a process: end the one that writes`
            : 'nobody holds the lock'
        invocation.terminal.say(holder === undefined ? nobody : `ended ${holder}`)
        return invocation.answer({ result: { holder: holder ?? null } })
      }),
    ),
}

/** `mizan db migrate resolve` */
export const resolve: Command = {
  name: 'resolve',
  summary: 'Say what became of a step that was interrupted: done or undone',
  usage: '<id> <step> <done|undone>',
  positionals: ['id', 'step', 'as'],
  options: {},
  run(invocation) {
    const [id = '', step = '', as = ''] = invocation.positionals
    if (as !== 'done' && as !== 'undone')
      throw new UsageFailure(`a step is done or undone, not "${as.slice(0, 40)}"`)
    const [, isDown, number] = /^(down:)?([1-9]\d{0,5})$/.exec(step) ?? []
    if (number === undefined)
      throw new UsageFailure(
        `a step is a number from 1, or down:1 on the way back, not "${step.slice(0, 40)}"`,
      )
    const position = isDown === undefined ? Number(number) : -Number(number)
    return lookAtDatabase(invocation, (loaded, { dialect }) =>
      withRunner(loaded, async (runner) => {
        await runner.resolveStep({ dialect, id, step: position, as })
        invocation.terminal.say(`step ${step} of ${id} counts as ${as}`)
        return invocation.answer({ result: { id, step: position, as } })
      }),
    )
  },
}
