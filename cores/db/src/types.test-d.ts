import type { Expression } from 'kysely'
import { expectTypeOf } from 'vitest'
import {
  bigint,
  boolean,
  createDbClient,
  type Database,
  type DialectPackage,
  enumType,
  eq,
  gt,
  ilike,
  inArray,
  integer,
  jsonb,
  like,
  numeric,
  serial,
  table,
  text,
  timestamptz,
  varchar,
} from './index.ts'

const status = enumType('status', ['todo', 'done'])
const people = table('people', {
  id: serial().primaryKey(),
  email: varchar(100).notNull(),
  nick: text(),
  createdAt: timestamptz().defaultNow().notNull(),
})
const projectTasks = table('project_tasks', {
  id: serial().primaryKey(),
  ownerId: integer().references(() => people.id),
  status: status().default('todo').notNull(),
  size: bigint().notNull(),
  price: numeric(),
  tags: jsonb<readonly string[]>().notNull(),
  done: boolean().default(false).notNull(),
})
const schema = { people, projectTasks, unrelated: 5 }

declare const dialect: DialectPackage
declare function expression<T>(): Expression<T>
const db = createDbClient({ schema, dialect })
expectTypeOf(db).toEqualTypeOf<Database<typeof schema>>()

// A row, an insert, an update.
expectTypeOf<typeof people.$inferSelect>().toEqualTypeOf<{
  id: number
  email: string
  nick: string | null
  createdAt: Date
}>()
expectTypeOf<typeof people.$inferInsert>().toEqualTypeOf<{
  email: string
  id?: number | undefined
  nick?: string | null | undefined
  createdAt?: Date | undefined
}>()
expectTypeOf<typeof projectTasks.$inferUpdate>().toEqualTypeOf<{
  id?: number | undefined
  ownerId?: number | null | undefined
  status?: 'todo' | 'done' | undefined
  size?: bigint | undefined
  price?: string | null | undefined
  tags?: readonly string[] | undefined
  done?: boolean | undefined
}>()

// Layer 1: keys of tables and columns.
expectTypeOf(
  db.selectFrom('projectTasks').select(['id', 'ownerId', 'status']).executeTakeFirstOrThrow(),
).resolves.toEqualTypeOf<{
  id: number
  ownerId: number | null
  status: 'todo' | 'done'
}>()
// @ts-expect-error the key is projectTasks
db.selectFrom('project_tasks')
// @ts-expect-error no table
db.selectFrom('unrelated')
// @ts-expect-error the key is ownerId
db.selectFrom('projectTasks').select('owner_id')
// @ts-expect-error size is a bigint
db.selectFrom('projectTasks').where('size', '=', 'big')
// @ts-expect-error email has no default
db.insertInto('people').values({ nick: 'a' })
// @ts-expect-error not one of the names
db.updateTable('projectTasks').set({ status: 'lost' })
db.insertInto('people').values({ email: 'a@example.com' })

// Layer 2: table values and operators.
expectTypeOf(
  db.select().from(people).where(eq(people.email, 'x')).executeTakeFirst(),
).resolves.toEqualTypeOf<
  { id: number; email: string; nick: string | null; createdAt: Date } | undefined
>()
expectTypeOf(
  db
    .select({ task: projectTasks.id, price: projectTasks.price })
    .from(projectTasks)
    .executeTakeFirstOrThrow(),
).resolves.toEqualTypeOf<{
  task: number
  price: string | null
}>()
// @ts-expect-error id is a number
eq(people.id, 'one')
// @ts-expect-error createdAt is a Date
gt(people.createdAt, '2026')
// @ts-expect-error a list of numbers
inArray(people.id, ['1'])
// @ts-expect-error only text has patterns
like(people.id, '1%')
like(people.nick, 'a%')
like(expression<`user-${string}`>(), 'a%')
like(expression<(string & { readonly brand: 'text' }) | null>(), 'a%')
// @ts-expect-error PostgreSQL has no patterns for enums
like(projectTasks.status, 't%')
// @ts-expect-error nor without regard to case
ilike(projectTasks.status, 't%')
// @ts-expect-error email is missing
db.insert(people).values({ nick: 'a' })
// @ts-expect-error no such column
db.update(people).set({ mail: 'a' })
// @ts-expect-error a default is of the column's type
integer().default('5')

// Transactions carry the same types.
expectTypeOf(
  db.transaction(async (tx) => tx.selectFrom('people').select('id').execute()),
).resolves.toEqualTypeOf<{ id: number }[]>()
