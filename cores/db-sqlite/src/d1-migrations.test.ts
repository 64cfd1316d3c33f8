import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createDbClient,
  type DialectPackage,
  MigrationPlanError,
  type SchemaModule,
} from '@mizan/db'
import { check, index, integer, serial, table, text } from '@mizan/db'
import { generateMigration, type Migration, readMigrations } from '@mizan/db/migrate'
import { workerd, type WorkerdResource } from '@mizan/testing/resources'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { d1, type D1DatabaseLike } from './d1.ts'
import { d1Local } from './index.ts'

let worker: WorkerdResource
let folders = 0
beforeAll(async () => {
  worker = await workerd({
    modules: true,
    script: 'export default { fetch: () => new Response() }',
    compatibilityDate: '2026-01-01',
    d1Databases: Array.from({ length: 9 }, (_, at) => `DB${at}`),
  })
})
afterAll(() => worker[Symbol.asyncDispose]())

interface Place extends AsyncDisposable {
  readonly database: D1DatabaseLike
  readonly dialect: DialectPackage
  generate(schema: SchemaModule): Promise<Migration>
  /** As `wrangler d1 migrations apply` does: the whole file is one batch, and with it the row that tells of it. */
  apply(migration: Migration): Promise<void>
  rows(sql: string): Promise<readonly unknown[]>
}

async function place(): Promise<Place> {
  const migrations = await mkdtemp(join(tmpdir(), 'mizan-d1-'))
  const database = await worker.miniflare.getD1Database(`DB${folders++}`)
  await database.exec('create table d1_migrations (name text)')
  return {
    database,
    dialect: d1({ database }),
    async generate(schema) {
      const dialect = d1Local({ url: ':memory:' })
      await generateMigration({ migrations, name: 'step', schema, dialect })
      const last = (await readMigrations(migrations)).at(-1)
      if (last === undefined) throw new TypeError('nothing was generated')
      expect(last.meta.proof).toMatchObject({ engine: { name: 'sqlite' } })
      return last
    },
    async apply({ id, up }) {
      const statements = up.flatMap((step) => step.statements)
      await database.batch(
        [...statements, `insert into d1_migrations values ('${id}')`].map((sql) =>
          database.prepare(sql),
        ),
      )
    },
    rows: async (sql) => (await database.prepare(sql).all()).results,
    [Symbol.asyncDispose]: () => rm(migrations, { recursive: true }),
  }
}

const parents = table('parents', { id: serial().primaryKey(), name: text() })
const children = (checked: boolean, onDelete: 'cascade' | 'restrict' | 'no action' = 'cascade') =>
  table(
    'children',
    {
      id: serial().primaryKey(),
      parentId: integer().references(() => parents.id, { onDelete }),
      size: integer(),
    },
    (t) => ({
      bySize: index('children_by_size').on(t.size),
      ...(checked ? { small: check('small', 'size < 9') } : {}),
    }),
  )

describe('what is generated for D1 runs on D1', () => {
  test.for(['cascade', 'restrict', 'no action'] as const)(
    'a table that refers to others (on delete %s) is built anew, and keeps its rows and ids',
    async (onDelete) => {
      await using at = await place()
      await at.apply(await at.generate({ parents, children: children(false, onDelete) }))
      const schema = { parents, children: children(true, onDelete) }
      await using db = createDbClient({ schema, dialect: at.dialect })
      await db
        .insert(parents)
        .values([{ name: 'a' }, { name: 'b' }])
        .execute()
      for (const parentId of [1, 2, 2])
        await db.insert(schema.children).values({ parentId, size: 3 }).execute()
      await db.deleteFrom('children').where('id', '=', 3).execute()
      await at.apply(await at.generate(schema))
      expect(await at.rows('select id, parent_id, size from children order by id')).toEqual([
        { id: 1, parent_id: 1, size: 3 },
        { id: 2, parent_id: 2, size: 3 },
      ])
      // No id is given twice, keys and checks hold.
      expect(
        await db.insert(schema.children).values({ parentId: 1 }).returning('id').execute(),
      ).toEqual([{ id: 4 }])
      await expect(db.insert(schema.children).values({ parentId: 7 }).execute()).rejects.toThrow(
        /FOREIGN KEY/,
      )
      await expect(db.insert(schema.children).values({ size: 10 }).execute()).rejects.toThrow(
        /CHECK/,
      )
      expect(
        await at.rows(
          `select name from sqlite_schema where type = 'index' and name = 'children_by_size'`,
        ),
      ).toHaveLength(1)
      expect(await at.rows('select count(*) as n from d1_migrations')).toEqual([{ n: 2 }])
    },
  )

  test('one that fails changes nothing, and is not recorded', async () => {
    await using at = await place()
    await at.apply(await at.generate({ parents, children: children(false) }))
    await at.rows('insert into children (size) values (10)')
    const next = await at.generate({ parents, children: children(true) })
    await expect(at.apply(next)).rejects.toThrow(/CHECK/)
    expect(await at.rows('select size from children')).toEqual([{ size: 10 }])
    expect(await at.rows('select count(*) as n from d1_migrations')).toEqual([{ n: 1 }])
  })

  test.for(['cascade', 'set null', 'restrict', 'no action'] as const)(
    'a table that refers to itself (on delete %s) is not built anew: its own rows would go',
    async (onDelete) => {
      await using at = await place()
      const tree = (checked: boolean) => {
        const self = table(
          'tree',
          {
            id: serial().primaryKey(),
            above: integer().references((): never => self.id as never, { onDelete }),
            size: integer(),
          },
          () => Object.fromEntries(checked ? [['small', check('small', 'size < 9')]] : []),
        )
        return { tree: self }
      }
      await at.apply(await at.generate(tree(false)))
      await expect(at.generate(tree(true))).rejects.toThrow(MigrationPlanError)
    },
  )
})
