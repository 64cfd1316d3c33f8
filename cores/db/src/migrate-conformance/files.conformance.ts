/** Files that are not those that were applied. */

import { appendFile, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MigrationHashError, MigrationProofError, UnknownMigrationError } from '../index.ts'
import {
  migrateLatest,
  migrationStatus,
  readMigrations,
  proveFiles,
  sealMigration,
} from '../migrate.ts'
import { first, second, type MigrationPlace } from './place.conformance.ts'

/** @param place That of the test that runs. */
export function testFiles(place: () => MigrationPlace): void {
  test('files that changed after they were applied stop everything', async () => {
    const { generate, options } = place()
    const one = await generate(first, 'first')
    await migrateLatest(options())
    await appendFile(join(one?.path ?? '', 'up.sql'), '-- an afterthought\n')
    await expect(migrationStatus(options())).rejects.toBeInstanceOf(MigrationHashError)
    await expect(migrateLatest(options())).rejects.toThrow(/was applied with other files/)
  })

  test('files that changed before they were applied are sealed or refused; line ends are no change', async () => {
    const { migrations, scratch, generate, options, query } = place()
    const one = await generate(first, 'first')
    const up = join(one?.path ?? '', 'up.sql')
    const text = await readFile(up, 'utf8')
    await writeFile(up, text.replaceAll('\n', '\r\n'))
    expect((await migrationStatus(options())).pending).toEqual([one?.id])
    await writeFile(
      up,
      `${text}\n-- mizan:statement\ninsert into projects (name) values ('seed; -- not a comment');\n`,
    )
    await expect(migrateLatest(options())).rejects.toThrow(/mizan db prove/)
    await sealMigration({ migrations, id: one?.id ?? '' })
    await expect(migrateLatest(options())).rejects.toBeInstanceOf(MigrationProofError)
    await proveFiles({ ...options(), scratch: scratch(), id: one?.id ?? '' })
    await migrateLatest(options())
    expect(await query('select name from projects')).toEqual([{ name: 'seed; -- not a comment' }])
  })

  test('a migration that the database has and the folder has not is named', async () => {
    const { generate, options } = place()
    const one = await generate(first, 'first')
    await migrateLatest(options())
    await rm(one?.path ?? '', { recursive: true })
    await expect(migrationStatus(options())).rejects.toBeInstanceOf(UnknownMigrationError)
  })

  test('two lines of migrations are told apart', async () => {
    const { migrations, generate } = place()
    const one = await generate(first, 'first')
    const two = await generate(second, 'second')
    await rm(one?.path ?? '', { recursive: true })
    await expect(readMigrations(migrations)).rejects.toThrow(
      new RegExp(`${two?.id} follows ${one?.id}`),
    )
  })
}
