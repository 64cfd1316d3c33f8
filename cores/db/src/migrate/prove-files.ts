/** `mizan db prove` and `mizan db migrate review`: a migration of the folder, and what is known of it. */

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MigrationError } from '../migration-errors.ts'
import { planChanges } from '../snapshot/plan-changes.ts'
import { staleBodies } from '../snapshot/objects/stale-bodies.ts'
import { emptySnapshot } from '../snapshot/snapshot.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { lossesOf } from './losses.ts'
import { type Migration, readMigrations } from './migration-files.ts'
import type { Proof } from './proof.ts'
import { proveMigration } from './prove.ts'
import { readObjects } from './read-objects.ts'
import type { OpenScratch } from './scratch.ts'
import { sealMigration, type SealOptions } from './seal.ts'
import { toJsonFile, writeWhole } from './write-files.ts'

/** Which migration, and where it is proved. */
export interface ProveFilesOptions extends SealOptions {
  readonly dialect: DialectPackage
  readonly scratch: OpenScratch
}

/**
 * Seals the files as they are and proves them. What they make of views, functions and their like becomes part of the snapshot.
 *
 * @throws MigrationProofError with the first differences; the files stay sealed, and without a proof
 */
export async function proveFiles(options: ProveFilesOptions): Promise<Proof> {
  const { migrations, id, scratch } = options
  await sealMigration(options)
  const sealed = await lineTo(migrations, id)
  if (await readObjects({ migrations, ...sealed, scratch })) await sealMigration({ migrations, id })
  const { before, migration } = await lineTo(migrations, id)
  const proof = await proveMigration({
    before,
    migration,
    scratch: options.scratch,
    losses: knownLosses(before.at(-1), migration, options.dialect),
  })
  await writeMeta(options.migrations, migration, { proof })
  return proof
}

/** What a review should have looked at. */
export interface Reviewed {
  /** Functions and triggers whose bodies say a name that the migration takes away. */
  readonly warnings: readonly string[]
}

/** Records that somebody has read a migration as it is now, and tells what no proof can tell. */
export async function reviewMigration(folder: string, id: string): Promise<Reviewed> {
  const all = await readMigrations(folder)
  const migration = find(all, id)
  await writeMeta(folder, migration, { review: { hash: migration.hash } })
  const told = await toldIn(join(folder, id, 'up.sql'))
  const source = all[all.indexOf(migration) - 1]?.snapshot ?? emptySnapshot
  return { warnings: told.length > 0 ? told : staleBodies(source, migration.snapshot) }
}

/** What the head of a generated script says: it was told of the renames, which the snapshots are not. */
async function toldIn(file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return [...text.matchAll(/^-- look at: (.+?)\r?$/gm)].map(([, warning = '']) => warning)
}

/** A migration and its history. */
async function lineTo(
  folder: string,
  id: string,
): Promise<{ readonly before: readonly Migration[]; readonly migration: Migration }> {
  const all = await readMigrations(folder)
  const migration = find(all, id)
  return { before: all.slice(0, all.indexOf(migration)), migration }
}

function find(all: readonly Migration[], id: string): Migration {
  const found = all.find((one) => one.id === id)
  if (found === undefined)
    throw new MigrationError('migration_name', `there is no migration "${id.slice(0, 80)}"`)
  return found
}

/** Of scripts that were written by hand, what the snapshots tell. */
function knownLosses(
  parent: Migration | undefined,
  { snapshot }: Migration,
  { ddl }: DialectPackage,
): readonly string[] {
  try {
    const source = parent?.snapshot ?? emptySnapshot
    return lossesOf(planChanges(source, snapshot, { ...ddl, restores: true }))
  } catch {
    return []
  }
}

async function writeMeta(
  folder: string,
  { id, meta }: Migration,
  more: Pick<Migration['meta'], 'proof' | 'review'>,
): Promise<void> {
  await writeWhole(join(folder, id, 'meta.json'), toJsonFile({ ...meta, ...more }))
}
