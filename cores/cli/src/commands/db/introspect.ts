/** `mizan db introspect` and `mizan db adopt`: from a database to its schema. */

import { existsSync, rmSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, extname, join, resolve } from 'node:path'
import type { Command, CommandOption, Invocation } from '../../command.ts'
import { byWrangler, isD1 } from '../../database/d1.ts'
import { dbOf } from '../../database/db-of.ts'
import { loadSchema } from '../../database/load-schema.ts'
import { withRunner } from '../../database/migrations.ts'
import { dialectAt } from '../../database/open-database.ts'
import { ProjectFailure } from '../../failure.ts'
import { type LoadedConfig, loadConfig } from '../../load-config.ts'
import { driftFailure } from './drift.ts'
import {
  lookAtDatabase,
  lockOptions,
  scratchFor,
  scratchOptions,
  type Stopping,
  type StopWords,
  untilStopped,
  waiting,
  withDatabase,
} from './place.ts'

type Dialect = Awaited<ReturnType<typeof dialectAt>>

const urlOption: CommandOption = {
  type: 'string',
  placeholder: 'url',
  summary: 'The database; otherwise that of the project',
}

const adoptWords: StopWords = {
  first: 'stopping before anything is recorded',
  second: 'mizan db migrate status says whether the database was adopted',
}

/** `mizan db introspect` */
export const introspect: Command = {
  name: 'introspect',
  summary: 'Write what a database has as a schema module',
  usage: '[--url <url>] [--out <file>]',
  positionals: [],
  options: {
    url: urlOption,
    out: { type: 'string', placeholder: 'file', summary: 'Where to; otherwise the output' },
  },
  run: (invocation) =>
    at(invocation, lookAtDatabase, (loaded, dialect) => tellSource(invocation, loaded, dialect)),
}

/** `mizan db adopt` */
export const adopt: Command = {
  name: 'adopt',
  summary: 'Start on a database that already lives: write its schema and a first migration',
  usage: '[--url <url>]',
  positionals: [],
  options: { url: urlOption, ...scratchOptions, ...lockOptions },
  async run(invocation) {
    const loaded = await loadConfig(invocation.folder)
    // Which migrations D1 has applied Wrangler says, and nobody else may.
    if (isD1(loaded)) throw new ProjectFailure(byWrangler(loaded))
    const path = resolve(loaded.root, dbOf(loaded).schema)
    if (existsSync(path))
      throw new ProjectFailure(
        `${path} is there already; adopt writes the schema of the database to it`,
      )
    return at(invocation, withDatabase, (_loaded, dialect) =>
      untilStopped(invocation, adoptWords, (stopping) =>
        adoptInto(path, { invocation, loaded, dialect, stopping }),
      ),
    )
  },
}

/** With the database of `--url`, or else that of the project. */
async function at(
  invocation: Invocation,
  withProject: typeof withDatabase,
  work: (loaded: LoadedConfig, dialect: Dialect) => Promise<number>,
): Promise<number> {
  const url = invocation.text('url')
  if (url === undefined)
    return withProject(invocation, (loaded, { dialect }) => work(loaded, dialect))
  const loaded = await loadConfig(invocation.folder)
  return work(loaded, await dialectAt(loaded, url))
}

async function tellSource(
  invocation: Invocation,
  loaded: LoadedConfig,
  dialect: Dialect,
): Promise<number> {
  return withRunner(loaded, async (runner) => {
    const { text, opaque } = runner.toSource(await runner.introspectDatabase(dialect))
    for (const one of opaque) invocation.terminal.say(`carried, not declared: ${one}`)
    const out = invocation.text('out')
    if (out === undefined)
      return invocation.answer({ result: { source: text, opaque }, text: text.trimEnd() })
    const path = resolve(loaded.root, out)
    if (existsSync(path)) throw new ProjectFailure(`${path} is there already; name another file`)
    await writeNew(path, text)
    invocation.terminal.say(`wrote ${path}`)
    return invocation.answer({ result: { path, opaque } })
  })
}

interface Adoption {
  readonly invocation: Invocation
  readonly loaded: LoadedConfig
  readonly dialect: Dialect
  readonly stopping: Stopping
}

async function adoptInto(
  path: string,
  { invocation, loaded, dialect, stopping }: Adoption,
): Promise<number> {
  await using scratch = await scratchFor(invocation, loaded, stopping)
  return await withRunner(loaded, async (runner, migrations) => {
    const { describeDifference } = await import('@mizan/db')
    const source = runner.toSource(await runner.introspectDatabase(dialect))
    await using draft = await writeDraft(path, source.text)
    const schema = await loadSchema(loaded, draft.path)
    const adopted = await runner.adoptDatabase({
      migrations,
      dialect,
      schema,
      scratch: scratch.open,
      ...waiting(invocation, stopping),
    })
    await rename(draft.path, path)
    const { id, drift } = adopted
    invocation.terminal.say(`wrote ${path} and ${id}, which this database has applied`)
    for (const one of source.opaque) invocation.terminal.say(`carried, not declared: ${one}`)
    for (const one of drift) invocation.terminal.complain(describeDifference(one))
    return invocation.answer({
      result: { path, id, opaque: source.opaque, drift },
      failure: driftFailure(drift.length),
    })
  })
}

interface Draft extends AsyncDisposable {
  readonly path: string
}

/**
 * A schema beside its place, where it imports the same. It takes that place when the database is adopted: what was not adopted
 * leaves nothing that would be in the way of the next try, however it ended.
 */
async function writeDraft(place: string, text: string): Promise<Draft> {
  const path = join(dirname(place), `.adopting-${process.pid}${extname(place)}`)
  const remove = (): void => rmSync(path, { force: true })
  process.once('exit', remove)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
  return {
    path,
    async [Symbol.asyncDispose]() {
      process.off('exit', remove)
      await rm(path, { force: true })
    },
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text, { flag: 'wx' })
}
