/** `mizan db seed …`: modules that fill a database; running one again is theirs to allow. */

import { existsSync } from 'node:fs'
import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { join, relative, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { register } from 'tsx/esm/api'
import type { Command, CommandGroup, Invocation } from '../../command.ts'
import { dbOf } from '../../database/db-of.ts'
import { explain } from '../../database/explained.ts'
import { loadSchema } from '../../database/load-schema.ts'
import { ProjectFailure, StoppedFailure, UsageFailure } from '../../failure.ts'
import { type LoadedConfig, loadConfig } from '../../load-config.ts'
import { type StopWords, untilStopped, withDatabase } from './place.ts'

const seedName = /^[a-z0-9][a-z0-9_-]*$/i

function folderOf(loaded: LoadedConfig): string {
  return resolve(loaded.root, dbOf(loaded).seeds ?? 'seeds')
}

const seedWords: StopWords = {
  first: 'stopping when this seed is done',
  second: 'what it has stored so far stays',
}

const run: Command = {
  name: 'run',
  summary: 'Run the seeds in the order of their names, or those that are named',
  usage: '[--only <name>]',
  positionals: [],
  options: {
    only: { type: 'string', multiple: true, placeholder: 'name', summary: 'Only these' },
  },
  run: (invocation) =>
    withDatabase(invocation, async (loaded, { dialect }) => {
      const names = await chosenSeeds(invocation, loaded)
      if (names.length === 0) invocation.terminal.say(`there are no seeds in ${folderOf(loaded)}`)
      const [{ createDbClient }, schema] = await Promise.all([
        import('@mizan/db'),
        loadSchema(loaded),
      ])
      await using database = createDbClient({ schema, dialect })
      const { endCachedAnswers } = await import('@mizan/db/migrate')
      try {
        await untilStopped(invocation, seedWords, ({ signal }) =>
          runAll(names, { database, folder: folderOf(loaded), invocation, signal }),
        )
      } finally {
        // No server observes what seeds write, those before one that failed too.
        if (names.length > 0) await endCachedAnswers(dialect)
      }
      return invocation.answer({ result: { seeds: names } })
    }),
}

interface SeedRun {
  readonly database: unknown
  readonly folder: string
  readonly invocation: Invocation
  readonly signal: AbortSignal
}

async function runAll(
  names: readonly string[],
  { database, folder, invocation, signal }: SeedRun,
): Promise<void> {
  const unregister = register()
  const done: string[] = []
  try {
    for (const name of names) {
      if (signal.aborted)
        throw new StoppedFailure(`stopped before seed ${name}`, { result: { seeds: done } })
      invocation.terminal.say(`seed ${name}`)
      await runOne(join(folder, `${name}.ts`), { database, done, name })
      done.push(name)
    }
  } finally {
    await unregister()
  }
}

interface OneSeed {
  readonly database: unknown
  readonly done: readonly string[]
  readonly name: string
}

async function runOne(path: string, { database, done, name }: OneSeed): Promise<void> {
  const { DbError } = await import('@mizan/db')
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown } // cast: a module namespace
  if (typeof module.default !== 'function')
    throw new ProjectFailure(`${path} has no default export to call with the database`)
  const seed = module.default as (db: unknown) => Promise<void> // cast: the contract of a seed
  try {
    await seed(database)
  } catch (error) {
    // What the database refused is the whole story; of everything else the place in the seed is.
    if (!(error instanceof DbError)) throw error
    throw new ProjectFailure(`seed ${name}: ${explain(error)}`, {
      cause: error,
      result: { seeds: done },
    })
  }
}

async function chosenSeeds(
  invocation: Invocation,
  loaded: LoadedConfig,
): Promise<readonly string[]> {
  const folder = folderOf(loaded)
  const found = existsSync(folder) ? await readdir(folder) : []
  const all = found
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => name.slice(0, -3))
    .toSorted()
  const only = invocation.texts('only')
  const missing = only.find((name) => !all.includes(name))
  if (missing !== undefined)
    throw new UsageFailure(`there is no seed "${missing.slice(0, 80)}" in ${folder}`)
  return only.length === 0 ? all : only
}

const make: Command = {
  name: 'make',
  summary: 'Write an empty seed',
  usage: '<name>',
  positionals: ['name'],
  options: {},
  async run(invocation) {
    const [name = ''] = invocation.positionals
    if (!seedName.test(name)) throw new UsageFailure(`"${name.slice(0, 80)}" is no name of a seed`)
    const loaded = await loadConfig(invocation.folder)
    const folder = folderOf(loaded)
    await mkdir(folder, { recursive: true })
    const path = join(folder, `${name}.ts`)
    if (existsSync(path)) throw new ProjectFailure(`${path} is there already`)
    const text = templateOf(relative(folder, resolve(loaded.root, dbOf(loaded).schema)))
    await writeFile(path, text, { flag: 'wx' })
    invocation.terminal.say(`wrote ${path}`)
    return invocation.answer({ result: { path } })
  },
}

function templateOf(schema: string): string {
  const path = schema.replaceAll('\\', '/')
  return `/** Fills the database; may run again, so it leaves alone what is there. */

import type { Database } from '@mizan/db'
import type * as schema from '${path.startsWith('.') ? path : `./${path}`}'

export default async function seed(db: Database<typeof schema>): Promise<void> {
  void db
}
`
}

/** The group. */
export const seed: CommandGroup = {
  name: 'seed',
  summary: 'Fill the database',
  commands: [run, make],
}
