/** `mizan db prove` and `mizan db merge`: migrations run up, down and up on scratch databases. */

import type { Command } from '../../command.ts'
import { assertMigrationForD1, isD1 } from '../../database/d1.ts'
import { loadSchema } from '../../database/load-schema.ts'
import { withRunner } from '../../database/migrations.ts'
import { dialectOf } from '../../database/open-database.ts'
import { loadConfig } from '../../load-config.ts'
import { stopWords } from './generate.ts'
import { filesStand, scratchFor, scratchOptions, untilStopped } from './place.ts'

/** `mizan db prove` */
export const prove: Command = {
  name: 'prove',
  summary: 'Accept the files of a migration as they were edited, and run them up, down and up',
  usage: '<id>',
  positionals: ['id'],
  options: scratchOptions,
  async run(invocation) {
    const loaded = await loadConfig(invocation.folder)
    const [id = ''] = invocation.positionals
    const words = { first: 'stopping when this step is done', second: filesStand }
    return untilStopped(invocation, words, async (stopping) => {
      await using scratch = await scratchFor(invocation, loaded, stopping)
      const dialect = await dialectOf(loaded)
      const schema = await loadSchema(loaded)
      return await withRunner(loaded, async (runner, migrations) => {
        const all = await runner.readMigrations(migrations)
        const isLast = all.at(-1)?.id === id
        if (isD1(loaded)) all.filter((one) => one.id === id).forEach(assertMigrationForD1)
        const proof = await runner.proveFiles({
          migrations,
          id,
          dialect,
          scratch: scratch.open,
          // The last one may take the schema as it is now; one with objects keeps its snapshot.
          ...(isLast && !(await hasObjects(runner, migrations)) ? { schema } : {}),
        })
        invocation.terminal.say(`proved ${id} on ${proof.engine.name} ${proof.engine.version}`)
        for (const loss of proof.losses)
          invocation.terminal.complain(`down does not bring back ${loss}`)
        return invocation.answer({ result: { id, proof } })
      })
    })
  },
}

/** `mizan db merge` */
export const merge: Command = {
  name: 'merge',
  summary: 'Join two lines of migrations, and prove both orders',
  usage: '',
  positionals: [],
  options: scratchOptions,
  async run(invocation) {
    const loaded = await loadConfig(invocation.folder)
    return untilStopped(invocation, stopWords, async (stopping) => {
      await using scratch = await scratchFor(invocation, loaded, stopping)
      const dialect = await dialectOf(loaded)
      return await withRunner(loaded, async (runner, migrations) => {
        const merged = await runner.mergeMigrations({ migrations, dialect, scratch: scratch.open })
        invocation.terminal.say(
          merged === undefined
            ? 'there is one line of migrations; nothing to merge'
            : `wrote ${merged.id}`,
        )
        return invocation.answer({ result: { id: merged?.id ?? null } })
      })
    })
  },
}

async function hasObjects(
  runner: typeof import('@mizan/db/migrate'),
  migrations: string,
): Promise<boolean> {
  const last = (await runner.readMigrations(migrations)).at(-1)
  return Object.keys(last?.snapshot.objects ?? {}).length > 0
}
