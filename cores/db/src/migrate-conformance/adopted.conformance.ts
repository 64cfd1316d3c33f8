/** A database that lives, adopted as what a schema declares: each change of it leaves no drift, there and back. */

import { expect } from 'vitest'
import { type DialectPackage, parseRename, type SchemaModule } from '../index.ts'
import {
  adoptDatabase,
  findDrift,
  generateMigration,
  type GeneratedMigration,
  migrateDown,
  migrateLatest,
  type OpenScratch,
} from '../migrate.ts'

/** The database, and where its migrations are. */
export interface AdoptedOptions {
  readonly migrations: string
  readonly dialect: DialectPackage
  /** What its tables are declared as. */
  readonly schema: SchemaModule
  readonly scratch?: OpenScratch
}

/** What can be done with it. */
export interface Adopted {
  /** Generates with proof, applies, and says what the migration does. */
  change(declared: SchemaModule, ...renames: string[]): Promise<GeneratedMigration>
  /** Takes the last change back and applies it again; nothing may be other than expected. */
  thereAndBack(): Promise<void>
}

/** Adopts it. */
export async function adopted({ schema, ...options }: AdoptedOptions): Promise<Adopted> {
  const { drift } = await adoptDatabase({ ...options, schema })
  expect(drift).toEqual([])
  const noDrift = async (): Promise<void> => expect(await findDrift(options)).toEqual([])
  return {
    async change(next, ...renames) {
      const written = await generateMigration({
        ...options,
        name: 'change',
        schema: next,
        renames: renames.map(parseRename),
      })
      if (written === undefined) throw new TypeError('nothing changed')
      await migrateLatest(options)
      await noDrift()
      return written
    },
    async thereAndBack() {
      await migrateDown(options)
      await noDrift()
      await migrateLatest(options)
      await noDrift()
    },
  }
}
