/** `mizan db generate`: the migration from the last one to the schema. */

import type { Rename } from '@mizan/db'
import type { GeneratedMigration, OpenScratch } from '@mizan/db/migrate'
import type { Command, Invocation } from '../../command.ts'
import { loadSchema } from '../../database/load-schema.ts'
import { withRunner } from '../../database/migrations.ts'
import { assertSchemaForD1, byWrangler, isD1 } from '../../database/d1.ts'
import { dialectOf } from '../../database/open-database.ts'
import { UsageFailure } from '../../failure.ts'
import { type LoadedConfig, loadConfig } from '../../load-config.ts'
import type { Terminal } from '../../terminal.ts'
import { filesStand, scratchFor, scratchOptions, type StopWords, untilStopped } from './place.ts'

/** What is written. */
export interface WriteRequest {
  readonly name: string
  readonly empty: boolean
  /** With `empty`: modules instead of SQL. @default false */
  readonly code?: boolean
  readonly renames?: readonly string[]
  readonly scratch: OpenScratch
  readonly signal: AbortSignal
}

/** What is said to Ctrl-C while a migration is written. */
export const stopWords: StopWords = {
  first: 'stopping before anything is written',
  second: filesStand,
}

/** `mizan db generate` */
export const generate: Command = {
  name: 'generate',
  summary: 'Write the migration from the last one to the schema, and prove it',
  usage: '<name> [--empty] [--rename users.name=users.full_name]',
  positionals: ['name'],
  options: {
    empty: {
      type: 'boolean',
      summary: 'Without statements, to be written by hand and then proved',
    },
    rename: {
      type: 'string',
      multiple: true,
      placeholder: 'table.old=table.new',
      summary: 'State a rename, of a column or (old=new) of a table; on a terminal it is asked',
    },
    ...scratchOptions,
  },
  async run(invocation) {
    const [name = ''] = invocation.positionals
    const loaded = await loadConfig(invocation.folder)
    return untilStopped(invocation, stopWords, async (stopping) => {
      await using scratch = await scratchFor(invocation, loaded, stopping)
      return await writeMigration(invocation, loaded, {
        name,
        empty: invocation.flag('empty'),
        renames: invocation.texts('rename'),
        scratch: scratch.open,
        signal: stopping.signal,
      })
    })
  },
}

/** Writes the migration from the last one to the schema, and says what it does. */
export async function writeMigration(
  { terminal, answer }: Pick<Invocation, 'terminal' | 'answer'>,
  loaded: LoadedConfig,
  { name, empty, code = false, renames = [], scratch, signal }: WriteRequest,
): Promise<number> {
  if (isD1(loaded) && code)
    throw new UsageFailure('D1 is migrated by Wrangler, which runs SQL only; leave --code out')
  const schema = await loadSchema(loaded)
  const dialect = await dialectOf(loaded)
  const { formatRename, parseRename, toSnapshot } = await import('@mizan/db')
  if (isD1(loaded)) assertSchemaForD1(toSnapshot(schema))
  return withRunner(loaded, async (runner, migrations) => {
    const written = await runner.generateMigration({
      migrations,
      name,
      empty,
      code,
      schema,
      dialect,
      scratch,
      signal,
      renames: renames.map(parseRename),
      askRenames: (possible) => askRenames(possible, terminal),
    })
    if (written === undefined) {
      terminal.say('the migrations say what the schema says; nothing to generate')
      return answer({ result: { written: null } })
    }
    tellWritten(written, terminal)
    if (isD1(loaded)) terminal.say(byWrangler(loaded))
    const options = written.possibleRenames.map(formatRename)
    for (const option of options)
      terminal.complain(
        `loses what was there, unless ${option.replace('=', ' became ')}: then remove this folder and say --rename ${option}`,
      )
    return answer({ result: { written: { ...written, possibleRenames: options } } })
  })
}

/** Asks about each; what has found its new name is not asked again, nor is a name that is taken. */
async function askRenames(
  possible: readonly Rename[],
  { ask }: Terminal,
): Promise<readonly Rename[]> {
  if (ask === undefined) return []
  const chosen: Rename[] = []
  for (const one of possible) {
    const isSettled = chosen.some(
      ({ table, column, from }) =>
        (column === undefined) === (one.column === undefined) &&
        (column === undefined || table === one.table) &&
        (from === one.from || (column ?? table) === (one.column ?? one.table)),
    )
    if (isSettled) continue
    const what = one.column === undefined ? 'table' : `column ${one.table}.`
    const text = `${what === 'table' ? 'table ' : what}${one.from} is gone and ${one.column ?? one.table} is new: renamed? [y/N]`
    if (/^y(es)?$/i.test(await ask(text))) chosen.push(one)
  }
  return chosen
}

function tellWritten(
  { changes, destructive, proof, warnings, path }: GeneratedMigration,
  terminal: Terminal,
): void {
  for (const change of changes) terminal.say(`  ${change}`)
  for (const loss of destructive) terminal.complain(`loses data: ${loss}`)
  for (const warning of warnings) terminal.complain(`look at: ${warning}`)
  if (proof !== undefined) {
    terminal.say(
      `proved on ${proof.engine.name} ${proof.engine.version}: up, down and up again` +
        (proof.rows.length === 0
          ? ''
          : `, with rows in ${proof.rows.length} ${proof.rows.length === 1 ? 'table' : 'tables'}`),
    )
    if (proof.withoutRows !== undefined)
      terminal.complain(`proved without rows, because rows were refused: ${proof.withoutRows}`)
    for (const loss of proof.losses) terminal.complain(`down does not bring back ${loss}`)
  }
  terminal.say(`wrote ${path}`)
}
