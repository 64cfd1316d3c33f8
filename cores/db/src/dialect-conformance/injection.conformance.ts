/** Text from outside is data, wherever it stands. */

import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import {
  createDbClient,
  createStatements,
  DbError,
  enumType,
  eq,
  json,
  QueryError,
  serial,
  table,
  toSnapshot,
  varchar,
} from '../index.ts'
import type { DialectBench } from './bench.conformance.ts'
import { projects } from '../test-schema.conformance.ts'

export function testInjection({ database, db, next, addProject }: DialectBench): void {
  describe('injection', () => {
    const hostile = [
      "'",
      '"',
      '`',
      '\\',
      "\\'",
      "x'; drop table people; --",
      '%',
      '$1',
      '?',
      ':a',
      '}]',
      '\n',
    ]

    test('names, enum values and defaults with quotes and backslashes are themselves', async () => {
      const name = `o'dd"\`\\ table`
      const levels = enumType('le"vel\'s', ["it's", 'a\\b', '"q"', "\\'"])
      const odd = table(name, {
        id: serial({ name: 'i"d`' }).primaryKey(),
        level: levels({ name: "le'v\\" }).default("\\'").notNull(),
        label: varchar(40, { name: '";--' }).default(hostile.join('').slice(0, 40)).notNull(),
        data: json({ name: 'select' }).default({ "k'\\": hostile }),
      })
      await using client = createDbClient({
        schema: { odd, levels },
        dialect: database.narrow ?? database.dialect,
      })
      if (!database.dialect.capabilities.concurrency) await client.connect()
      const { ddl } = database.dialect
      for (const statement of createStatements(toSnapshot({ odd, levels }), ddl))
        await sql.raw(statement).execute(client)
      await client.insert(odd).values({ id: 1 }).execute()
      await client.insert(odd).values({ id: 2, level: "it's", label: 'x' }).execute()
      const rows = await client
        .selectFrom('odd as a"b')
        .selectAll()
        .orderBy('a"b.id' as 'id')
        .execute()
      expect(rows).toEqual([
        {
          id: 1,
          level: "\\'",
          label: hostile.join('').slice(0, 40),
          data: { "k'\\": hostile },
        },
        { id: 2, level: "it's", label: 'x', data: { "k'\\": hostile } },
      ])
      await client.update(odd).set({ label: 'y' }).where(eq(odd.level, "it's")).execute()
      expect(
        await client.select({ 'al"i`as': odd.label }).from(odd).where(eq(odd.id, 2)).execute(),
      ).toEqual([{ 'al"i`as': 'y' }])
      await sql`drop table ${sql.table(name)}`.execute(client)
    })

    test('a value is a value, also written as a literal or as a key of a JSON path', async () => {
      for (const text of hostile) {
        const { rows } = await sql<{ value: string }>`select ${sql.lit(text)} as value`.execute(db)
        expect(rows).toEqual([{ value: text }])
        const slug = `${text}${next()}`
        await addProject(slug)
        expect(
          await db
            .select({ slug: projects.slug })
            .from(projects)
            .where(eq(projects.slug, slug))
            .execute(),
        ).toEqual([{ slug }])
        const operator = database.dialect.name === 'postgres' ? '->' : '->$'
        const path = db.selectFrom('everyType').select((eb) => [
          // cast: the key comes from outside
          eb
            .ref('aJson', operator as '->')
            .key(text as 'deep')
            .as('value'),
        ])
        const found = await path.execute().catch((error: unknown) => error)
        // What a dialect cannot say in a path is refused by the database, not obeyed.
        if (found instanceof Error) expect(found).toBeInstanceOf(QueryError)
        else for (const row of found as { value: unknown }[]) expect(row.value).toBeNull()
      }
      await db.selectFrom('people').select('id').limit(1).execute()
    })

    test('an order, an operator and a function from outside are known ones, never SQL', () => {
      const from = 'id; drop table people'
      const attempts = [
        () =>
          db
            .selectFrom('people')
            .select('id')
            .orderBy('id', from as 'asc'),
        () =>
          db
            .selectFrom('people')
            .select('id')
            .where('id', from as '=', 1),
        () => db.selectFrom('people').select((eb) => eb.fn(from, []).as('x')),
        () => db.selectFrom('people').select((eb) => eb.fn.agg(from, ['id']).as('x')),
        () => db.selectFrom('people').select((eb) => eb.cast('id', from as 'text').as('x')),
      ]
      for (const attempt of attempts) expect(() => attempt().compile()).toThrow()
      const ordered = db
        .selectFrom('people')
        .select('id')
        .orderBy('id;drop' as 'id')
      expect(ordered.compile().sql).toMatch(/order by ["`]id;drop["`]$/)
    })

    test('what comes as JSON into a nested query is data: unknown names are refused, objects are no operators', async () => {
      const parsed = (text: string): never => JSON.parse(text) as never // cast: from outside
      for (const options of [
        '{"columns":{"__proto__":true}}',
        '{"columns":{"constructor":true}}',
        '{"with":{"__proto__":{}}}',
        '{"with":{"toString":true}}',
        '{"with":{"tasks":"x"}}',
        '{"where":{"or":[]}}',
        '{"where":"1 = 1"}',
        '{"orderBy":"id"}',
        '{"orderBy":[{"kind":"RawNode","sqlFragments":["1"],"parameters":[]}]}',
        '{"limit":"1; drop table people"}',
        '{"limit":{"valueOf":1}}',
        '{"offset":-1}',
      ]) {
        const found: unknown = await db.query.projects
          .findMany(parsed(options))
          .catch((error: unknown) => error)
        expect([options, found instanceof DbError]).toEqual([options, true])
      }
      const value: unknown = await db.query.projects
        .findMany({ where: eq(projects.slug, parsed('{"ne":"x"}')) })
        .catch(() => [])
      expect(value).toEqual([])
      expect(Object.prototype).not.toHaveProperty('tasks')
    })
  })
}
