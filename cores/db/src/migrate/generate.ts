/** Schema × last snapshot → the files of a new migration. */

import { join } from 'node:path'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationError } from '../errors.ts'
import type { SchemaModule } from '../schema/schema.ts'
import { type Change, describeChange } from '../snapshot/changes.ts'
import { emitChange } from '../snapshot/ddl.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { emptySnapshot, formatSnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import { toSnapshot } from '../snapshot/to-snapshot.ts'
import { hashMigration, type MigrationMeta, readMigrations } from './migration-files.ts'
import { formatScript, type Step } from './script.ts'
import { toJsonFile, writeJournal, writeMigration } from './write-files.ts'

/** What a migration is generated from. */
export interface GenerateOptions {
  /** The folder of the migrations; made when it is missing. */
  readonly migrations: string
  /** In words: `add users`. */
  readonly name: string
  readonly schema: SchemaModule
  readonly dialect: DialectPackage
  /** Writes scripts without statements, to be filled by hand and then sealed. @default false */
  readonly empty?: boolean
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
}

/**
 * Writes the migration from the last snapshot to the schema; undefined, and nothing written, when they are equal.
 *
 * @throws MigrationPlanError for a change that cannot be generated, naming the way out.
 */
export async function generateMigration(
  options: GenerateOptions,
): Promise<GeneratedMigration | undefined> {
  const { migrations: folder, dialect } = options
  const existing = await readMigrations(folder)
  const last = existing.at(-1)
  const target = toSnapshot(options.schema)
  const source = last?.snapshot ?? emptySnapshot
  const changes = options.empty === true ? [] : planChanges(source, target, dialect.ddl)
  if (changes.length === 0 && options.empty !== true) return undefined

  const createdAt = new Date((options.clock ?? Date.now)())
  const id = toId(createdAt, options.name, last?.id)
  const up = formatScript(
    [`${id}: ${options.name}`, ...changes.map(describeChange)],
    toSteps(changes, dialect),
  )
  const down = formatScript([`takes ${id} back`], downSteps(source, target, options))
  const snapshot = formatSnapshot(target)
  const parent = last?.id ?? null
  const meta: MigrationMeta = {
    version: 1,
    id,
    name: options.name,
    dialect: dialect.name,
    parent,
    createdAt: createdAt.toISOString(),
    hash: hashMigration({ up, down, snapshot, parent }),
    steps: {
      up: toSteps(changes, dialect).map((step) => step.kind),
      down: downSteps(source, target, options).map((step) => step.kind),
    },
  }
  await writeMigration(folder, id, {
    'up.sql': up,
    'down.sql': down,
    'snapshot.json': snapshot,
    'meta.json': toJsonFile(meta),
  })
  await writeJournal(folder, dialect.name, await readMigrations(folder))
  return {
    id,
    path: join(folder, id),
    changes: changes.map(describeChange),
    destructive: changes.filter(isDestructive).map(describeChange),
  }
}

function downSteps(
  source: SchemaSnapshot,
  target: SchemaSnapshot,
  { dialect, empty }: GenerateOptions,
): readonly Step[] {
  return empty === true ? [] : toSteps(planChanges(target, source, asReversible(dialect)), dialect)
}

/** Taking a change back may add a column that is never null; on a table with rows the database then refuses. */
function asReversible(dialect: DialectPackage): {
  readonly alterConstraints: boolean
  readonly restores: true
} {
  return { alterConstraints: dialect.ddl.alterConstraints, restores: true }
}

/** Where DDL commits by itself, each statement is a step of its own, so that a stop can be told exactly. */
function toSteps(changes: readonly Change[], { ddl }: DialectPackage): readonly Step[] {
  const statements = changes.flatMap((change) => emitChange(change, ddl))
  if (statements.length === 0) return []
  if (ddl.transactional) return [{ kind: 'tx', statements }]
  return statements.map((statement) => ({ kind: 'notx', statements: [statement] }))
}

function isDestructive(change: Change): boolean {
  return change.kind === 'dropTable' || change.kind === 'dropColumn' || change.kind === 'dropEnum'
}

/** Later than the last one, whatever the clock says: the order of names is the order of migrations. */
function toId(now: Date, name: string, last: string | undefined): string {
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
