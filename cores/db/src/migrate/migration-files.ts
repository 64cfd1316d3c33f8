/** The folders of migrations on disk, read, checked and in order. */

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { canonicalJson, type Json } from '@mizan/protocol'
import { MigrationError } from '../migration-errors.ts'
import { parseSnapshot, type SchemaSnapshot } from '../snapshot/snapshot.ts'
import type { Proof } from './proof.ts'
import { type MigrationSide, readSide } from './migration-side.ts'
import type { Step } from './script.ts'

/** What `meta.json` holds. */
export interface MigrationMeta {
  readonly version: 1
  readonly id: string
  readonly name: string
  readonly dialect: string
  /** The migration before this one; null for the first. */
  readonly parent: string | null
  /** The end of the other line, for a migration that joins two. */
  readonly joins?: string
  readonly createdAt: string
  /** Over both scripts, the snapshot, the steps and the parent. */
  readonly hash: string
  /** Kinds of the steps, in order. */
  readonly steps: { readonly up: readonly string[]; readonly down: readonly string[] }
  /** Present when up and down were run on a scratch database. */
  readonly proof?: Proof
  /** Present when a person has read the migration. */
  readonly review?: Review
}

/** The hash that somebody has read. */
export interface Review {
  readonly hash: string
}

/** One migration. */
export interface Migration {
  readonly id: string
  readonly meta: MigrationMeta
  readonly up: readonly Step[]
  readonly down: readonly Step[]
  readonly snapshot: SchemaSnapshot
  /** The hash of the files as they are now. */
  readonly hash: string
}

/** The scripts and snapshot that a hash is for. */
export interface HashedParts {
  readonly up: MigrationSide
  readonly down: MigrationSide
  readonly snapshot: string
  readonly parent: string | null
}

/** `20261120133700_add_users` */
export const migrationId: RegExp = /^\d{14}_[a-z0-9_]+$/

/**
 * The migrations of a folder, oldest first; none when there is no such folder.
 *
 * @throws MigrationError when a file is missing or damaged, or when the parents do not make one line.
 */
export async function readMigrations(folder: string): Promise<readonly Migration[]> {
  const all = await readAllMigrations(folder)
  const known = new Set<string>()
  for (const { id, meta } of all) {
    const missing = [meta.parent, meta.joins].find(
      (parent) => typeof parent === 'string' && !known.has(parent),
    )
    if (missing !== undefined && !all.some((one) => one.id === missing)) {
      throw new MigrationError(
        'migration_files',
        `${id} follows ${missing}, whose files are not here; restore them from version control`,
      )
    }
    if (missing !== undefined) {
      throw new MigrationError(
        'migration_order',
        `${id} follows ${missing}, but stands after ${[...known].at(-1) ?? 'nothing'}: two lines of ` +
          'migrations meet here. Remove the one that is not applied anywhere and generate it again',
      )
    }
    known.add(id)
  }
  const heads = headsOf(all)
  if (heads.length > 1) {
    throw new MigrationError(
      'migration_order',
      `${heads.map((head) => head.id).join(' and ')} are the ends of two lines of migrations. Join them: mizan db merge; or ` +
        'remove the one that is not applied anywhere and generate it again',
    )
  }
  return all
}

/** Migrations that no other one follows. */
export function headsOf(all: readonly Migration[]): readonly Migration[] {
  const followed = new Set(all.flatMap(({ meta }) => [meta.parent, meta.joins]))
  return all.filter(({ id }) => !followed.has(id))
}

/** A migration and all that it follows, oldest first. */
export function lineOf(all: readonly Migration[], head: Migration): readonly Migration[] {
  const line = new Set<string>()
  for (const { id, meta } of all.toReversed()) {
    if (id !== head.id && !line.has(id)) continue
    for (const one of [id, meta.parent, meta.joins]) if (typeof one === 'string') line.add(one)
  }
  return all.filter(({ id }) => line.has(id))
}

/** The migrations of a folder by name, whether or not their parents make one line. */
export async function readAllMigrations(folder: string): Promise<readonly Migration[]> {
  return Promise.all(
    (await foldersOf(folder)).map((name) => readMigration(join(folder, name), name)),
  )
}

/** The hash of a migration: `sha256:…`. */
export function hashMigration({ up, down, snapshot, parent }: HashedParts): string {
  const parts = {
    up: up.text,
    down: down.text,
    snapshot: JSON.parse(snapshot) as Json, // cast: the text is JSON
    steps: {
      up: up.steps.map((step) => step.kind),
      down: down.steps.map((step) => step.kind),
    },
    parent,
  }
  return `sha256:${createHash('sha256').update(canonicalJson(parts)).digest('hex')}`
}

/** Folders that look like migrations and are none: their names say neither when nor what. */
export async function foreignFolders(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
    .filter((name) => !migrationId.test(name))
    .toSorted()
}

async function foldersOf(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries
      .filter((entry) => entry.isDirectory() && migrationId.test(entry.name))
      .map((entry) => entry.name)
      .toSorted()
  } catch (error) {
    // cast: errors of node:fs carry a code
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function readMigration(folder: string, id: string): Promise<Migration> {
  const read = async (name: string): Promise<string> => {
    try {
      return withoutConflict(await readFile(join(folder, name), 'utf8'), `${id}/${name}`)
    } catch (error) {
      if (error instanceof MigrationError) throw error
      throw new MigrationError(
        'migration_files',
        `${id} has no ${name}; restore it from version control`,
        { cause: error },
      )
    }
  }
  const [up, down, snapshot, text] = await Promise.all([
    readSide(folder, 'up', read),
    readSide(folder, 'down', read),
    read('snapshot.json'),
    read('meta.json'),
  ])
  const meta = parseMeta(text, id)
  return {
    id,
    meta,
    up: up.steps,
    down: down.steps,
    snapshot: readSnapshot(snapshot, `${id}/snapshot.json`),
    hash: hashMigration({ up, down, snapshot, parent: meta.parent }),
  }
}

/** @throws MigrationError where version control has left both sides of a conflict */
function withoutConflict(text: string, file: string): string {
  const line = text.split('\n').findIndex((one) => /^(<{7}|>{7})( |\r?$)/.test(one))
  if (line < 0) return text
  throw new MigrationError(
    'migration_files',
    `${file}:${line + 1} has the marks of a merge that was not resolved. Take one side whole; two migrations that were made ` +
      'side by side are joined by "mizan db merge"',
  )
}

function readSnapshot(text: string, file: string): SchemaSnapshot {
  try {
    return parseSnapshot(text, file)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new MigrationError(
      'migration_files',
      `${error.message}; restore it from version control`,
      { cause: error },
    )
  }
}

function parseMeta(text: string, id: string): MigrationMeta {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new MigrationError('migration_files', `${id}/meta.json is not JSON`, { cause: error })
  }
  const meta = value as Partial<MigrationMeta> | null // cast: checked below
  if (
    meta?.version !== 1 ||
    typeof meta.hash !== 'string' ||
    meta.id !== id ||
    meta.parent === undefined
  ) {
    throw new MigrationError(
      'migration_files',
      `${id}/meta.json is not the description of this migration`,
    )
  }
  return meta as MigrationMeta // cast: the members that are used were checked
}
