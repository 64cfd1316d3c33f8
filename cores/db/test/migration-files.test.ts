import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqlite } from '@mizan/db-sqlite'
import { expect, test } from 'vitest'
import { integer, serial, table, text } from '../src/index.ts'
import { hashMigration, type MigrationMeta } from '../src/migrate/migration-files.ts'
import { sqlSide } from '../src/migrate/migration-side.ts'
import {
  generateMigration,
  migrateLatest,
  migrationStatus,
  proveFiles,
  reviewMigration,
  scratchInMemory,
  sealMigration,
} from '../src/migrate.ts'

test('the hash is over both scripts, their steps, the snapshot and the parent, and not over line ends', () => {
  const parts = {
    up: sqlSide('create table a (b integer);\n', 'up.sql'),
    down: sqlSide('drop table a;\n', 'down.sql'),
    snapshot: '{"version":1,"tables":{}}',
    parent: '20261121000000_first',
  }
  const others = [
    { ...parts, up: sqlSide('create table a (c integer);\n', 'up.sql') },
    { ...parts, down: sqlSide('drop table if exists a;\n', 'down.sql') },
    { ...parts, up: { ...parts.up, steps: [{ kind: 'notx' as const, statements: [] }] } },
    { ...parts, down: { ...parts.down, steps: [] } },
    { ...parts, snapshot: '{"version":1,"tables":{"a":1}}' },
    { ...parts, parent: '20261121000000_other' },
    { ...parts, parent: null },
  ]
  const hashes = [parts, ...others].map(hashMigration)
  expect(new Set(hashes).size).toBe(hashes.length)
  const sameSnapshot = { ...parts, snapshot: '{ "tables": {},\r\n "version": 1 }' }
  const sameLines = { ...parts, up: sqlSide('create table a (b integer);\r\n', 'up.sql') }
  expect([sameSnapshot, sameLines].map(hashMigration)).toEqual([hashes[0], hashes[0]])
})

test('a proof and a review are for the files that they name, and for no others', async () => {
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-files-'))
  const dialect = sqlite({ url: ':memory:' })
  try {
    const schema = { a: table('a', { id: serial().primaryKey(), size: integer() }) }
    const made = await generateMigration({ migrations, dialect, schema, name: 'first' })
    const id = made?.id ?? ''
    await reviewMigration(migrations, id)
    const path = join(made?.path ?? '', 'meta.json')
    const meta = async (): Promise<MigrationMeta> =>
      JSON.parse(await readFile(path, 'utf8')) as MigrationMeta // cast: as it was written
    const { proof, review } = await meta()
    if (proof === undefined || review === undefined) throw new TypeError('both were made')
    const up = join(made?.path ?? '', 'up.sql')
    await writeFile(up, `${await readFile(up, 'utf8')}-- an afterthought\n`)
    await sealMigration({ migrations, id })
    const sealed = await meta()
    expect([sealed.proof, sealed.review]).toEqual([undefined, undefined])
    // As somebody would who takes them over by hand.
    const write = (added: Partial<MigrationMeta>): Promise<void> =>
      writeFile(path, JSON.stringify({ ...sealed, ...added }))
    const rules = { migrations, dialect, requireReview: true }
    await write({ proof, review })
    await expect(migrateLatest(rules)).rejects.toMatchObject({ code: 'migration_proof' })
    await write({ proof: { ...proof, hash: sealed.hash }, review })
    await expect(migrateLatest(rules)).rejects.toMatchObject({ code: 'migration_review' })
    expect((await migrationStatus(rules)).pending).toEqual([id])
    await write({ proof: { ...proof, hash: sealed.hash }, review: { hash: sealed.hash } })
    expect((await migrateLatest(rules)).applied).toEqual([id])
  } finally {
    await rm(migrations, { recursive: true })
  }
})

test('a proof needs a way back that restores what was there, and rows that stay', async () => {
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-files-'))
  const dialect = sqlite({ url: ':memory:' })
  const scratch = scratchInMemory(dialect)
  if (scratch === undefined) throw new TypeError('SQLite lives in memory too')
  try {
    const first = { a: table('a', { id: serial().primaryKey(), size: integer() }) }
    const second = { a: table('a', { id: serial().primaryKey(), size: integer(), note: text() }) }
    await generateMigration({ migrations, dialect, schema: first, name: 'first' })
    const made = await generateMigration({ migrations, dialect, schema: second, name: 'second' })
    const [id, path] = [made?.id ?? '', made?.path ?? '']
    const [up, down] = await Promise.all(
      ['up.sql', 'down.sql'].map((name) => readFile(join(path, name), 'utf8')),
    )
    const prove = async (files: Readonly<Record<string, string>>): Promise<unknown> => {
      const all = { 'up.sql': up ?? '', 'down.sql': down ?? '', ...files }
      for (const [name, body] of Object.entries(all)) await writeFile(join(path, name), body)
      return proveFiles({ migrations, dialect, scratch, id })
    }
    await expect(prove({ 'down.sql': '-- nothing\n' })).rejects.toMatchObject({
      code: 'migration_proof',
      message: expect.stringMatching(`${id} down does not give .*\n.*column a.note`),
    })
    const emptied = (script = ''): string => `${script}\n-- mizan:step rebuild\ndelete from a;\n`
    await expect(prove({ 'up.sql': emptied(up) })).rejects.toThrow(
      `${id} up does not keep the rows of a`,
    )
    await expect(prove({ 'down.sql': emptied(down) })).rejects.toThrow(
      `${id} down does not keep the rows of a`,
    )
    expect(await prove({})).toMatchObject({ rows: ['a'], losses: [] })
  } finally {
    await rm(migrations, { recursive: true })
  }
})
