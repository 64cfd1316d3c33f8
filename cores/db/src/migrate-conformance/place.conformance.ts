/** A database and a folder of migrations, for one test. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { ConformanceDatabase } from '../dialect.conformance.ts'
import type { DialectPackage } from '../dialect/dialect-package.ts'
import { boolean, createDbClient, index, integer, serial, table, varchar } from '../index.ts'
import {
  type GeneratedMigration,
  generateMigration,
  type OpenScratch,
  scratchBeside,
  scratchInMemory,
} from '../migrate.ts'

const projects = table('projects', { id: serial().primaryKey(), name: varchar(80).notNull() })
/** A schema of one table. */
export const first = { projects }
const grown = table(
  'projects',
  {
    id: serial().primaryKey(),
    name: varchar(80).notNull(),
    isPublic: boolean().default(false).notNull(),
  },
  (t) => ({ byName: index('projects_name').on(t.name) }),
)
/** The same table with more in it, and another one. */
export const second = {
  projects: grown,
  tasks: table('tasks', {
    id: serial().primaryKey(),
    projectId: integer()
      .notNull()
      .references(() => grown.id, { onDelete: 'cascade' }),
  }),
}

/** What the tests of migrations need. */
export interface MigrationPlace extends AsyncDisposable {
  readonly dialect: DialectPackage
  readonly migrations: string
  readonly clock: () => number
  scratch(): OpenScratch
  generate(schema: object, named: string): Promise<GeneratedMigration | undefined>
  options(): { readonly migrations: string; readonly dialect: DialectPackage }
  query(text: string): Promise<unknown[]>
}

/** Makes one. */
export async function openPlace(database: ConformanceDatabase): Promise<MigrationPlace> {
  const { dialect } = database
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-migrations-'))
  const clock = (): number => Date.UTC(2026, 10, 20, 13, 37)
  const scratch = (): OpenScratch => scratchInMemory(dialect) ?? scratchBeside(dialect)
  return {
    dialect,
    migrations,
    clock,
    scratch,
    generate: (schema, named) =>
      generateMigration({ migrations, name: named, schema, dialect, scratch: scratch(), clock }),
    options: () => ({ migrations, dialect }),
    async query(text) {
      await using db = createDbClient({ schema: {}, dialect })
      return (await sql.raw(text).execute(db)).rows
    },
    async [Symbol.asyncDispose]() {
      await rm(migrations, { recursive: true, force: true })
      await database[Symbol.asyncDispose]()
    },
  }
}
