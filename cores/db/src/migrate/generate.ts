/** Schema × last snapshot → the files of a new migration, proved. */

import { join } from 'node:path'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationError } from '../migration-errors.ts'
import type { SchemaModule } from '../schema/schema.ts'
import { describeChange } from '../snapshot/changes.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { staleBodies } from '../snapshot/objects/stale-bodies.ts'
import { possibleRenames } from '../snapshot/possible-renames.ts'
import { type Rename, reversedRenames, statedRenames } from '../snapshot/renames.ts'
import { emptySnapshot, formatSnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import { toSnapshot } from '../snapshot/to-snapshot.ts'
import { carryOver } from './carry-over.ts'
import type { Followed } from './followed-objects.ts'
import { isDestructive, lossesOf } from './losses.ts'
import {
  hashMigration,
  type Migration,
  type MigrationMeta,
  readMigrations,
} from './migration-files.ts'
import type { Proof } from './proof.ts'
import { proveMigration } from './prove.ts'
import { withRemadeObjects } from './remade-objects.ts'
import { type OpenScratch, scratchInMemory } from './scratch.ts'
import { sqlSide } from './migration-side.ts'
import { formatScript, type Step } from './script.ts'
import { sealMigration } from './seal.ts'
import { toSteps } from './to-steps.ts'
import { toJsonFile, writeJournal, writeMigration } from './write-files.ts'

/** What a migration is generated from. */
export interface GenerateOptions {
  /** The folder of the migrations; made when it is missing. */
  readonly migrations: string
  /** In words: `add users`. */
  readonly name: string
  readonly schema: SchemaModule
  readonly dialect: DialectPackage
  /** Writes scripts without statements, to be filled by hand and then proved. @default false */
  readonly empty?: boolean
  /** With `empty`: writes `up.ts` and `down.ts` instead of SQL, for changes of data. @default false */
  readonly code?: boolean
  /** Renames besides those that the schema states. @default none */
  readonly renames?: readonly Rename[]
  /** Asked about what may be a rename and is not stated; gives those that are. @default none is */
  readonly askRenames?: (possible: readonly Rename[]) => Promise<readonly Rename[]>
  /** Nothing is written once it is aborted. */
  readonly signal?: AbortSignal
  /** Where it is proved. @default in memory where the dialect has that; elsewhere the migration stays without a proof */
  readonly scratch?: OpenScratch | undefined
  /** A database that lives: what it has and the schema does not say (objects, partitions) is carried. @default none */
  readonly baseline?: SchemaSnapshot
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number
}

/** A migration that was written. */
export interface GeneratedMigration {
  readonly id: string
  /** Its folder. */
  readonly path: string
  /** In words. */
  readonly changes: readonly string[]
  /** Of {@link GeneratedMigration.changes}, those by which data is lost. */
  readonly destructive: readonly string[]
  /** Undefined when there was no scratch database. */
  readonly proof: Proof | undefined
  /** Functions and triggers whose bodies say a name that is gone: for a person to look at. */
  readonly warnings: readonly string[]
  /** What may have been meant as a rename, and was taken for something that is gone and something that is new. */
  readonly possibleRenames: readonly Rename[]
}

/**
 * Writes the migration from the last snapshot to the schema; undefined, and nothing written, when they are equal.
 *
 * @throws MigrationPlanError for a change that rows or the dialect do not allow, naming the way out; MigrationProofError when
 *   the scratch database ends up elsewhere than the snapshot says.
 */
export async function generateMigration(
  options: GenerateOptions,
): Promise<GeneratedMigration | undefined> {
  const existing = await readMigrations(options.migrations)
  const source = existing.at(-1)?.snapshot ?? emptySnapshot
  const declared = toSnapshot(options.schema)
  const stated = [...statedRenames(options.schema), ...(options.renames ?? [])]
  const questions = options.empty === true ? [] : possibleRenames(source, declared, stated)
  const asked = questions.length === 0 ? [] : ((await options.askRenames?.(questions)) ?? [])
  const renames = [...stated, ...asked]
  const { target, followed } = await carryOver({
    ...options,
    before: existing,
    source,
    declared,
    renames,
  })
  return writeBetween({ ...options, renames, followed }, target)
}

/** What is written without a schema. */
export interface WriteOptions extends Omit<GenerateOptions, 'schema' | 'baseline'> {
  /** What a server was seen to make of objects when names below them changed. @default what their texts tell */
  readonly followed?: Followed | undefined
}

/** Writes the migration from the last snapshot to `target`; with `code`, modules to be filled by hand. */
export async function writeBetween(
  options: WriteOptions,
  planned: SchemaSnapshot,
): Promise<GeneratedMigration | undefined> {
  const { migrations: folder, dialect, empty = false, renames = [], followed } = options
  const existing = await readMigrations(folder)
  const last = existing.at(-1)
  const source = last?.snapshot ?? emptySnapshot
  const changes = empty
    ? []
    : planChanges(source, planned, { ...dialect.ddl, renames, followed: followed?.up })
  if (changes.length === 0 && !empty) return undefined
  const upSteps = toSteps(changes, dialect)
  const scratch = options.scratch ?? scratchInMemory(dialect)
  const target =
    scratch === undefined
      ? planned
      : await withRemadeObjects(planned, { before: existing, changes, steps: upSteps, scratch })
  const back = empty
    ? []
    : planChanges(target, source, {
        ...dialect.ddl,
        renames: reversedRenames(renames),
        restores: true,
        followed: followed?.down,
      })

  const createdAt = new Date((options.clock ?? Date.now)())
  const id = toId(createdAt, options.name, last?.id)
  if (options.code === true)
    return writeCode({ ...options, id, createdAt, parent: last?.id ?? null }, target)
  const losses = lossesOf(changes)
  const warnings = empty ? [] : staleBodies(source, target, renames)
  const downSteps = toSteps(back, dialect)
  const up = formatScript(
    [
      `${id}: ${options.name}`,
      ...changes.map(describeChange),
      ...warnings.map((warning) => `look at: ${warning}`),
    ],
    upSteps,
  )
  const down = formatScript(
    [`takes ${id} back`, ...losses.map((loss) => `does not bring back: ${loss}`)],
    downSteps,
  )
  const [upSide, downSide] = [sqlSide(up, 'up.sql'), sqlSide(down, 'down.sql')]
  const snapshot = formatSnapshot(target)
  const parent = last?.id ?? null
  const meta: MigrationMeta = {
    version: 1,
    id,
    name: options.name,
    dialect: dialect.name,
    parent,
    createdAt: createdAt.toISOString(),
    hash: hashMigration({ up: upSide, down: downSide, snapshot, parent }),
    steps: { up: kinds(upSteps), down: kinds(downSteps) },
  }
  const migration: Migration = {
    id,
    meta,
    up: upSide.steps,
    down: downSide.steps,
    snapshot: target,
    hash: meta.hash,
  }
  const proof =
    scratch === undefined
      ? undefined
      : await proveMigration({ before: existing, migration, scratch, renames, losses }).catch(
          (error: unknown) => {
            // What is to be written by hand is proved when it is.
            if (empty) return undefined
            throw error
          },
        )
  assertNotStopped(options.signal)
  await writeMigration(folder, id, {
    'up.sql': up,
    'down.sql': down,
    'snapshot.json': snapshot,
    'meta.json': toJsonFile(proof === undefined ? meta : { ...meta, proof }),
  })
  await writeJournal(folder, dialect.name, await readMigrations(folder))
  return {
    id,
    path: join(folder, id),
    changes: changes.map(describeChange),
    destructive: changes.filter(isDestructive).map(describeChange),
    proof,
    warnings,
    possibleRenames: empty ? [] : possibleRenames(source, target, renames),
  }
}

interface CodeOptions extends WriteOptions {
  readonly id: string
  readonly createdAt: Date
  readonly parent: string | null
}

/** Sealed at once, so that only what is filled in asks for a proof. */
async function writeCode(
  { migrations, dialect, name, id, createdAt, parent }: CodeOptions,
  target: SchemaSnapshot,
): Promise<GeneratedMigration> {
  const module = (what: string): string =>
    `/** ${what} */\n\nimport { defineDataMigration } from '@mizan/db/migrate'\n\n` +
    'export default defineDataMigration(async (_db) => {\n  // One transaction. For many rows: defineDataMigration({ batch }).\n})\n'
  const meta: MigrationMeta = {
    version: 1,
    id,
    name,
    dialect: dialect.name,
    parent,
    createdAt: createdAt.toISOString(),
    hash: '',
    steps: { up: ['code'], down: ['code'] },
  }
  await writeMigration(migrations, id, {
    'up.ts': module(`${id}: ${name}`.replaceAll('*/', '')),
    'down.ts': module(`takes ${id} back`),
    'snapshot.json': formatSnapshot(target),
    'meta.json': toJsonFile(meta),
  })
  await sealMigration({ migrations, id })
  return {
    id,
    path: join(migrations, id),
    changes: [],
    destructive: [],
    proof: undefined,
    warnings: [],
    possibleRenames: [],
  }
}

function assertNotStopped(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new MigrationError('migration_stopped', 'stopped; nothing was written')
}

function kinds(steps: readonly Step[]): readonly string[] {
  return steps.map((step) => step.kind)
}

/** Later than the last one, whatever the clock says: the order of names is the order of migrations. */
export function toId(now: Date, name: string, last: string | undefined): string {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 60)
  if (slug === '')
    throw new MigrationError('migration_name', `"${name}" has no letters to name a migration with`)
  let stamp = now.toISOString().replace(/\D/g, '').slice(0, 14)
  const before = last?.slice(0, 14) ?? ''
  if (stamp <= before) stamp = String(BigInt(before) + 1n)
  return `${stamp}_${slug}`
}
