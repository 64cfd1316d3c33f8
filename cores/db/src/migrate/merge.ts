/** Two lines of migrations joined by one that proves that their order does not matter. */

import { MigrationError } from '../migration-errors.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { emptySnapshot, formatSnapshot } from '../snapshot/snapshot.ts'
import { toId } from './generate.ts'
import {
  hashMigration,
  headsOf,
  lineOf,
  type Migration,
  type MigrationMeta,
  readAllMigrations,
  readMigrations,
} from './migration-files.ts'
import { sqlSide } from './migration-side.ts'
import { proveOrder } from './prove-order.ts'
import type { OpenScratch } from './scratch.ts'
import { mergeSnapshots } from './three-way.ts'
import { toJsonFile, writeJournal, writeMigration } from './write-files.ts'

/** What is merged. */
export interface MergeOptions {
  readonly migrations: string
  readonly dialect: DialectPackage
  readonly scratch: OpenScratch
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number
}

/**
 * Writes the migration that joins two heads; undefined when there is only one.
 *
 * @throws MigrationError `migration_conflict` naming what both lines changed; MigrationProofError when an order gives another
 *   result.
 */
export async function mergeMigrations({
  migrations: folder,
  dialect,
  scratch,
  clock = Date.now,
}: MergeOptions): Promise<{ readonly id: string } | undefined> {
  const all = await readAllMigrations(folder)
  const heads = headsOf(all)
  if (heads.length < 2) return undefined
  const [one, two] = heads
  if (one === undefined || two === undefined || heads.length > 2) {
    throw new MigrationError(
      'migration_order',
      `there are ${heads.length} lines of migrations (${heads.map((head) => head.id).join(', ')}); merge two of them at a time`,
    )
  }
  const [first, second] = [lineOf(all, one), lineOf(all, two)]
  const shared = first.filter((migration) => second.includes(migration))
  const base = shared.at(-1)?.snapshot ?? emptySnapshot
  const { snapshot, conflicts } = mergeSnapshots(base, one.snapshot, two.snapshot)
  if (conflicts.length > 0) {
    throw new MigrationError(
      'migration_conflict',
      `${one.id} and ${two.id} both change:${conflicts.map((name) => `\n  ${name}`).join('')}\nGenerate one of them again after the other`,
    )
  }
  const own = (line: readonly Migration[]): readonly Migration[] =>
    line.filter((migration) => !shared.includes(migration))
  const engine = await proveOrder({
    shared,
    lines: [own(first), own(second)],
    expected: { base, merged: snapshot },
    scratch,
  })
  const id = toId(new Date(clock()), 'merge', all.at(-1)?.id)
  const text = formatSnapshot(snapshot)
  const script = `-- ${id}: joins ${one.id} and ${two.id}, in whichever order they were applied\n`
  const side = sqlSide(script, 'up.sql')
  const hash = hashMigration({ up: side, down: side, snapshot: text, parent: one.id })
  const meta: MigrationMeta = {
    version: 1,
    id,
    name: 'merge',
    dialect: dialect.name,
    parent: one.id,
    joins: two.id,
    createdAt: new Date(clock()).toISOString(),
    hash,
    steps: { up: [], down: [] },
    proof: { hash, engine, losses: [], rows: [], up: [], down: [] },
  }
  await writeMigration(folder, id, {
    'up.sql': script,
    'down.sql': script,
    'snapshot.json': text,
    'meta.json': toJsonFile(meta),
  })
  await writeJournal(folder, dialect.name, await readMigrations(folder))
  return { id }
}
