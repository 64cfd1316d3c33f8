/** `mizan db generate`, `prove`, `merge`, `drift`, `reconcile`, `introspect`, `adopt`: schema, history and database compared. */

import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { OpenScratch } from '@mizan/db/migrate'
import type { Command, Invocation } from '../../command.ts'
import { dbOf } from '../../database/db-of.ts'
import { loadSchema } from '../../database/load-schema.ts'
import { withRunner } from '../../database/migrations.ts'
import { dialectAt, dialectOf } from '../../database/open-database.ts'
import { exitCodes, ProjectFailure, UsageFailure } from '../../failure.ts'
import { type LoadedConfig, loadConfig } from '../../load-config.ts'
import { scratchFor, scratchOptions, withDatabase } from './place.ts'

/** What is written. */
export interface WriteRequest {
  readonly name: string
  readonly empty: boolean
  readonly renames?: readonly string[]
  readonly scratch: OpenScratch
}

/** Writes the migration from the last one to the schema, and says what it does. */
export async function writeMigration(
  { terminal, answer }: Pick<Invocation, 'terminal' | 'answer'>,
  loaded: LoadedConfig,
  { name, empty, renames = [], scratch }: WriteRequest,
): Promise<number> {
  const schema = await loadSchema(loaded)
  const dialect = await dialectOf(loaded)
  const { parseRename } = await import('@mizan/db')
  return withRunner(loaded, async (runner, migrations) => {
    const written = await runner.generateMigration({
      migrations,
      name,
      empty,
      schema,
      dialect,
      scratch,
      renames: renames.map(parseRename),
    })
    if (written === undefined) {
      terminal.say('the migrations say what the schema says; nothing to generate')
      answer({ result: { written: null } })
      return exitCodes.ok
    }
    for (const change of written.changes) terminal.say(`  ${change}`)
    for (const loss of written.destructive) terminal.complain(`loses data: ${loss}`)
    const { proof } = written
    if (proof !== undefined) {
      terminal.say(
        `proved on ${proof.engine.name} ${proof.engine.version}: up, down and up again` +
          (proof.rows.length === 0 ? '' : `, with rows in ${proof.rows.length} tables`),
      )
      if (proof.withoutRows !== undefined)
        terminal.complain(`proved without rows, because rows were refused: ${proof.withoutRows}`)
      for (const loss of proof.losses) terminal.complain(`down does not bring back ${loss}`)
    }
    terminal.say(`wrote ${written.path}`)
    answer({ result: { written } })
    return exitCodes.ok
  })
}

/** `mizan db generate` */
export const generate: Command = {
  name: 'generate',
  summary: 'Write the migration from the last one to the schema, and prove it',
  usage: '<name> [--empty] [--rename users.name:full_name]',
  positionals: ['name'],
  options: {
    empty: {
      type: 'boolean',
      summary: 'Without statements, to be written by hand and then proved',
    },
    rename: {
      type: 'string',
      multiple: true,
      placeholder: 'table.column:name',
      summary: 'State a rename, of a column or (table:name) of a table',
    },
    ...scratchOptions,
  },
  async run(invocation) {
    const [name = ''] = invocation.positionals
    const loaded = await loadConfig(invocation.folder)
    await using scratch = await scratchFor(invocation, loaded)
    return await writeMigration(invocation, loaded, {
      name,
      empty: invocation.flag('empty'),
      renames: invocation.texts('rename'),
      scratch: scratch.open,
    })
  },
}

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
    await using scratch = await scratchFor(invocation, loaded)
    const dialect = await dialectOf(loaded)
    const schema = await loadSchema(loaded)
    return await withRunner(loaded, async (runner, migrations) => {
      const isLast = (await runner.readMigrations(migrations)).at(-1)?.id === id
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
      invocation.answer({ result: { id, proof } })
      return exitCodes.ok
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

/** `mizan db merge` */
export const merge: Command = {
  name: 'merge',
  summary: 'Join two lines of migrations, and prove both orders',
  usage: '',
  positionals: [],
  options: scratchOptions,
  async run(invocation) {
    const loaded = await loadConfig(invocation.folder)
    await using scratch = await scratchFor(invocation, loaded)
    const dialect = await dialectOf(loaded)
    return await withRunner(loaded, async (runner, migrations) => {
      const merged = await runner.mergeMigrations({ migrations, dialect, scratch: scratch.open })
      invocation.terminal.say(
        merged === undefined
          ? 'there is one line of migrations; nothing to merge'
          : `wrote ${merged.id}`,
      )
      invocation.answer({ result: { id: merged?.id ?? null } })
      return exitCodes.ok
    })
  },
}

/** `mizan db drift` */
export const drift: Command = {
  name: 'drift',
  summary: 'Compare the live database with what it has applied; exit 1 when they differ',
  usage: '',
  positionals: [],
  options: {},
  run: (invocation) =>
    withDatabase(invocation, (loaded, { dialect }) =>
      withRunner(loaded, async (runner, migrations) => {
        const { describeDifference } = await import('@mizan/db')
        const found = await runner.findDrift({ migrations, dialect })
        if (found.length === 0) invocation.terminal.say('the database has what was applied')
        const code = found.length > 0 ? exitCodes.problem : exitCodes.ok
        invocation.answer({
          result: { drift: found },
          code,
          ...(found.length === 0 ? {} : { text: found.map(describeDifference).join('\n') }),
        })
        return code
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
  },
  run: (invocation) =>
    withDatabase(invocation, async (loaded, { dialect }) => {
      const [adopt, revert] = [invocation.flag('adopt'), invocation.flag('revert')]
      if (adopt && revert)
        throw new UsageFailure('mizan db reconcile takes --adopt or --revert, not both')
      const schema = await loadSchema(loaded)
      const { describeDifference } = await import('@mizan/db')
      await using scratch = adopt ? await scratchFor(invocation, loaded) : undefined
      return await withRunner(loaded, async (runner, migrations) => {
        const result = await runner.reconcile({
          migrations,
          dialect,
          schema,
          mode: adopt ? 'adopt' : revert ? 'revert' : 'show',
          ...(scratch === undefined ? {} : { scratch: scratch.open }),
        })
        const lines = [
          ...result.drift.map((one) => `live     ${describeDifference(one)}`),
          ...result.pending.map((one) => `schema   ${describeDifference(one)}`),
        ]
        if (result.adopted !== undefined) invocation.terminal.say(`wrote ${result.adopted}`)
        const open = result.drift.length > 0 && !adopt && !revert
        const code = open ? exitCodes.problem : exitCodes.ok
        invocation.answer({
          result,
          code,
          ...(lines.length === 0 ? {} : { text: lines.join('\n') }),
        })
        return code
      })
    }),
}

/** `mizan db introspect` */
export const introspect: Command = {
  name: 'introspect',
  summary: 'Write what a database has as a schema module',
  usage: '[--url <url>] [--out <file>]',
  positionals: [],
  options: {
    url: {
      type: 'string',
      placeholder: 'url',
      summary: 'The database; otherwise that of the project',
    },
    out: { type: 'string', placeholder: 'file', summary: 'Where to; otherwise the output' },
  },
  async run(invocation) {
    const url = invocation.text('url')
    if (url === undefined)
      return withDatabase(invocation, (loaded, { dialect }) =>
        tellSource(invocation, loaded, dialect),
      )
    const loaded = await loadConfig(invocation.folder)
    return tellSource(invocation, loaded, await dialectAt(loaded, url))
  },
}

type Dialect = Awaited<ReturnType<typeof dialectAt>>

async function tellSource(
  invocation: Invocation,
  loaded: LoadedConfig,
  dialect: Dialect,
): Promise<number> {
  return withRunner(loaded, async (runner) => {
    const { text, opaque } = runner.toSource(await runner.introspectDatabase(dialect))
    const out = invocation.text('out')
    if (out === undefined)
      invocation.answer({ result: { source: text, opaque }, text: text.trimEnd() })
    else {
      const path = resolve(loaded.root, out)
      if (existsSync(path)) throw new ProjectFailure(`${path} is there already; name another file`)
      await writeNew(path, text)
      invocation.answer({ result: { path, opaque } })
      invocation.terminal.say(`wrote ${path}`)
    }
    for (const one of opaque) invocation.terminal.say(`carried, not declared: ${one}`)
    return exitCodes.ok
  })
}

/** `mizan db adopt` */
export const adopt: Command = {
  name: 'adopt',
  summary: 'Start on a database that already lives: write its schema and a first migration',
  usage: '[--url <url>]',
  positionals: [],
  options: {
    url: {
      type: 'string',
      placeholder: 'url',
      summary: 'The database; otherwise that of the project',
    },
    ...scratchOptions,
  },
  async run(invocation) {
    const loaded = await loadConfig(invocation.folder)
    const url = invocation.text('url')
    const path = resolve(loaded.root, dbOf(loaded).schema)
    if (existsSync(path))
      throw new ProjectFailure(
        `${path} is there already; adopt writes the schema of the database to it`,
      )
    const work = async (dialect: Dialect): Promise<number> => {
      await using scratch = await scratchFor(invocation, loaded)
      return await withRunner(loaded, async (runner, migrations) => {
        const { describeDifference } = await import('@mizan/db')
        const source = runner.toSource(await runner.introspectDatabase(dialect))
        await writeNew(path, source.text)
        const schema = await loadSchema(loaded)
        const { id, drift: found } = await runner.adoptDatabase({
          migrations,
          dialect,
          schema,
          scratch: scratch.open,
        })
        invocation.terminal.say(`wrote ${path} and ${id}, which this database has applied`)
        for (const one of source.opaque) invocation.terminal.say(`carried, not declared: ${one}`)
        for (const one of found) invocation.terminal.complain(describeDifference(one))
        const code = found.length > 0 ? exitCodes.problem : exitCodes.ok
        invocation.answer({ result: { path, id, opaque: source.opaque, drift: found }, code })
        return code
      })
    }
    if (url !== undefined) return work(await dialectAt(loaded, url))
    return withDatabase(invocation, (_loaded, { dialect }) => work(dialect))
  },
}

async function writeNew(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { flag: 'wx' })
}
