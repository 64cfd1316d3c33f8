/** `mizan db migrate make`, `verify` and `review`: about the files only, no database is asked. */

import type { Command } from '../../../command.ts'
import { withRunner } from '../../../database/migrations.ts'
import { loadConfig } from '../../../load-config.ts'
import { scratchFor, scratchOptions, untilStopped } from '../place.ts'
import { stopWords, writeMigration } from '../generate.ts'

/** `mizan db migrate make` */
export const make: Command = {
  name: 'make',
  summary: 'Write empty scripts, to be filled by hand and then proved',
  usage: '<name> [--code]',
  positionals: ['name'],
  options: {
    code: { type: 'boolean', summary: 'Write up.ts and down.ts, for changes of data' },
    ...scratchOptions,
  },
  async run(invocation) {
    const loaded = await loadConfig(invocation.folder)
    const [name = ''] = invocation.positionals
    return untilStopped(invocation, stopWords, async (stopping) => {
      await using scratch = await scratchFor(invocation, loaded, stopping)
      const code = invocation.flag('code')
      const { signal } = stopping
      const request = { name, empty: true, code, scratch: scratch.open, signal }
      return await writeMigration(invocation, loaded, request)
    })
  },
}

/** `mizan db migrate verify` */
export const verify: Command = {
  name: 'verify',
  summary: 'For CI: exit 1 when a migration was edited, not proved, or not reviewed',
  usage: '',
  positionals: [],
  options: {},
  run: async (invocation) =>
    withRunner(await loadConfig(invocation.folder), async (runner, migrations) => {
      const problems = await runner.verifyMigrations(migrations)
      for (const { text } of problems) invocation.terminal.complain(text)
      const { length } = problems
      if (length === 0) invocation.terminal.say('all migrations are proved and reviewed')
      return invocation.answer({
        result: { problems },
        failure:
          length === 0
            ? undefined
            : `${length} ${length === 1 ? 'problem' : 'problems'} with the migrations`,
      })
    }),
}

/** `mizan db migrate review` */
export const review: Command = {
  name: 'review',
  summary: 'Record that somebody has read a migration as it is now',
  usage: '<id>',
  positionals: ['id'],
  options: {},
  run: async (invocation) =>
    withRunner(await loadConfig(invocation.folder), async (runner, migrations) => {
      const [id = ''] = invocation.positionals
      const { warnings } = await runner.reviewMigration(migrations, id)
      for (const warning of warnings) invocation.terminal.complain(`look at: ${warning}`)
      invocation.terminal.say(`reviewed ${id}`)
      return invocation.answer({ result: { id, warnings } })
    }),
}
