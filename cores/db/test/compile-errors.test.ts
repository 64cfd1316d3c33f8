import { beforeAll, expect, test } from 'vitest'
import { openTypeChecker } from './type-check.ts'

const schema = `
import { enumType, integer, json, relations, serial, table, text, timestamptz } from '@mizan/db'
export const mood = enumType('mood', ['calm', 'loud'])
export const people = table('people', {
  id: serial().primaryKey(), email: text().notNull(), nick: text(), mood: mood().notNull(), born: timestamptz(),
  data: json<{ a: number }>(),
})
export const posts = table('posts', {
  id: serial().primaryKey(), authorId: integer().notNull().references(() => people.id), title: text().notNull(), body: text().notNull(),
})
export const labels = table('labels', { id: serial().primaryKey() })
export const peopleRelations = relations(people, ({ many }) => ({ posts: many(posts) }))
export const postRelations = relations(posts, ({ one }) => ({
  author: one(people, { fields: [posts.authorId], references: [people.id] }),
}))
`

const head = `
import { and, createDbClient, type DialectPackage, eq, gt, inArray, integer, like, table } from '@mizan/db'
import * as schema from './schema.ts'
const { people, posts } = schema
declare const dialect: DialectPackage
const db = createDbClient({ schema, dialect })
`

/** What must not compile, and what the compiler says to it; of the text the part that a reader looks for. */
const wrong: readonly (readonly [rule: string, code: string, ...says: readonly string[]])[] = [
  [
    'a wrong column of a table value',
    'people.mail',
    `Property 'mail' does not exist on type 'Table<"people", `,
    "Did you mean 'email'?",
  ],
  [
    'a wrong column in a condition',
    "db.query.people.findMany({ where: (p) => eq(p.mail, 'x') })",
    `Property 'mail' does not exist on type 'Table<"people", `,
    "Did you mean 'email'?",
  ],
  [
    'a wrong column among the chosen',
    'db.query.people.findMany({ columns: { mail: true } })',
    `'mail' does not exist in type 'ColumnOptionsOf<"people", typeof import(`,
    "Did you mean to write 'email'?",
  ],
  [
    'a wrong column of an update',
    "db.update(people).set({ mail: 'x' })",
    "'mail' does not exist in type 'UpdateObjectExpression<",
  ],
  [
    'a wrong column of an insert',
    "db.insert(people).values({ email: 'x', mood: 'calm', mail: 'x' })",
    `'mail' does not exist in type 'NewRows<"people", typeof import(`,
  ],
  [
    'a wrong type in a condition',
    "eq(people.id, 'one')",
    "Argument of type 'string' is not assignable to parameter of type 'Comparand<number>'.",
  ],
  [
    'a text for a Date',
    "gt(people.born, '2026')",
    "Argument of type 'string' is not assignable to parameter of type 'Comparand<Date>'.",
  ],
  [
    'a name that the enum does not have',
    "eq(people.mood, 'lost')",
    `Argument of type '"lost"' is not assignable to parameter of type 'Comparand<"calm" | "loud">'.`,
  ],
  [
    'null in a comparison',
    'eq(people.email, null)',
    "Argument of type 'null' is not assignable to parameter of type 'Comparand<string>'.",
  ],
  [
    'two columns of different types',
    'eq(people.id, people.email)',
    "Argument of type 'Column<string, true, false>' is not assignable to parameter of type 'Comparand<number>'.",
  ],
  [
    'a wrong type in a list',
    "inArray(people.id, ['1'])",
    "Type 'string' is not assignable to type 'number'.",
  ],
  [
    'a wrong type in an insert',
    "db.insert(people).values({ email: 5, mood: 'calm' })",
    "Type 'number' is not assignable to type 'ValueExpression<",
    `"people", string>'`,
  ],
  [
    'a wrong type in an update',
    "db.update(people).set({ mood: 'lost' })",
    `Type '"lost"' is not assignable to type 'ValueExpression<`,
    `"people", "calm" | "loud">`,
  ],
  [
    'a default of another type',
    "integer().default('5')",
    "Argument of type 'string' is not assignable to parameter of type 'number'.",
  ],
  [
    'an insert without a column that may not be null',
    "db.insert(posts).values({ authorId: 1, title: 'x' })",
    `to type 'NewRow<"posts", typeof import(`,
    "Property 'body' is missing in type '{ authorId: number; title: string; }' but required",
  ],
  [
    'an insert without several',
    'db.insert(posts).values({ authorId: 1 })',
    'is missing the following properties',
    ': body, title',
  ],
  [
    'an unknown relation',
    'db.query.people.findMany({ with: { post: true } })',
    `'post' does not exist in type 'WithOptions<"people", typeof import(`,
    "Did you mean to write 'posts'?",
  ],
  [
    'an unknown relation two levels deep',
    'db.query.people.findMany({ with: { posts: { with: { auther: true } } } })',
    `'auther' does not exist in type 'WithOptions<"posts", typeof import(`,
    "Did you mean to write 'author'?",
  ],
  [
    'a relation of a table without any',
    'db.query.labels.findMany({ with: { posts: true } })',
    `'posts' does not exist in type 'WithOptions<"labels", typeof import(`,
  ],
  [
    'an unknown relation in a condition',
    "db.query.people.findMany({ where: (_, { some }) => some('post') })",
    `Argument of type '"post"' is not assignable to parameter of type '"posts"'.`,
  ],
  [
    'an unknown relation that is counted',
    'db.query.people.findMany({ _count: { post: true } })',
    `'post' does not exist in type 'CountOptions<"people", typeof import(`,
  ],
  [
    'an operator of texts on a number',
    "like(people.id, '1%')",
    "Argument of type 'Column<number, true, true>' is not assignable to parameter of type 'Operand<string>'.",
    "Type 'number' is not assignable to type 'string'.",
  ],
  [
    'an operator of texts on a Date',
    "db.query.people.findMany({ where: (p, { like }) => like(p.born, '2026%') })",
    "Argument of type 'Column<Date, false, false>' is not assignable to parameter of type 'Operand<string>'.",
  ],
  [
    'a pattern for an enum',
    "like(people.mood, 'c%')",
    "Argument of type 'string' is not assignable to parameter of type 'NotText<",
  ],
  [
    'an unknown table',
    'db.query.person.findMany()',
    "Property 'person' does not exist on type 'RelationalQueries<typeof import(",
  ],
  [
    'a table that the schema does not export',
    "db.select().from(table('strangers', { id: integer() }))",
    `'NotInSchema<"strangers">'`,
  ],
  [
    'an insert into a table that the schema does not export',
    "db.insert(table('strangers', { id: integer() })).values({ id: 1 })",
    `'NotInSchema<"strangers">'`,
  ],
  [
    'a key that is not given',
    'db.query.people.findUnique({})',
    `Property 'where' is missing in type '{}' but required in type 'FindUniqueOptions<"people", `,
  ],
  [
    'a computed member that reads what it does not need',
    'db.$extends({ result: { people: { bad: { needs: { email: true }, compute: (p) => p.nick } } } })',
    "Property 'nick' does not exist on type '{ email: string; }'.",
  ],
  [
    'a computed member that needs no column of the table',
    'db.$extends({ result: { people: { bad: { needs: { mail: true }, compute: () => 1 } } } })',
    'NoSuchColumn<"people", "mail">',
  ],
  [
    'computed members of no table',
    'db.$extends({ result: { persons: { bad: { needs: {}, compute: () => 1 } } } })',
    'NoSuchTable<"persons">',
  ],
  // What an editor shows of a row is what the compiler calls its type.
  [
    'a row shows its fields',
    'export const row: never = {} as typeof people.$inferSelect',
    `Type '{ id: number; email: string; nick: string | null; mood: "calm" | "loud"; born: Date | null; data: { a: number; } | null; }' is not assignable`,
  ],
  [
    'a new row shows its fields',
    'export const added: never = {} as typeof posts.$inferInsert',
    "Type '{ id?: number | undefined; authorId: number; title: string; body: string; }' is not assignable",
  ],
  [
    'a found row shows its fields',
    'export const found: never = await db.query.posts.findMany({ columns: { id: true }, with: { author: { columns: { email: true } } } })',
    "Type '{ id: number; author: { email: string; }; }[]' is not assignable",
  ],
  [
    'a selected row shows its fields',
    'export const picked: never = await db.select({ id: posts.id, by: people.nick }).from(posts).executeTakeFirstOrThrow()',
    "Type '{ id: number; by: string | null; }' is not assignable",
  ],
]

let errors: ReadonlyMap<string, string>
// One run of the compiler for all of them.
beforeAll(async () => {
  await using checker = await openTypeChecker()
  const lines = [...head.trim().split('\n'), ...wrong.map(([, code]) => code)]
  const checked = await checker.check({ 'schema.ts': schema, 'wrong.ts': lines.join('\n') })
  errors = checked.errors
}, 300_000)

test.each(wrong)('%s', (_, code, ...says) => {
  const line = head.trim().split('\n').length + 1 + wrong.findIndex(([, other]) => other === code)
  const said = errors.get(`wrong.ts:${line}`)
  for (const part of says) expect(said).toContain(part)
})

test('nothing else is wrong', () => {
  expect([...errors.keys()].filter((place) => !place.startsWith('wrong.ts'))).toEqual([])
  expect(errors.size).toBe(wrong.length)
})
