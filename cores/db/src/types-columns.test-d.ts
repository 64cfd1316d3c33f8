import { expectTypeOf } from 'vitest'
import {
  bigint,
  bigSerial,
  boolean,
  bytea,
  char,
  customType,
  date,
  decimal,
  defineSchema,
  doublePrecision,
  enumType,
  integer,
  interval,
  json,
  jsonb,
  native,
  numeric,
  real,
  schema,
  serial,
  smallint,
  table,
  text,
  time,
  timestamp,
  timestamptz,
  uuid,
  varchar,
  type Database,
} from './index.ts'
import * as mysql from './mysql.ts'
import * as pg from './pg.ts'
import * as sqlite from './sqlite.ts'

// Every type of every database, by its value.
const mood = enumType('mood', ['calm', 'loud'])
const common = table('common', {
  id: serial(),
  large: bigSerial(),
  small: smallint().notNull(),
  whole: integer().notNull(),
  wide: bigint().notNull(),
  exact: numeric({ precision: 8, scale: 2 }).notNull(),
  price: decimal({ precision: 8, scale: 2 }).notNull(),
  single: real().notNull(),
  double: doublePrecision().notNull(),
  short: varchar(10).notNull(),
  fixed: char(2).notNull(),
  long: text().notNull(),
  flag: boolean().notNull(),
  at: timestamp().notNull(),
  moment: timestamptz().notNull(),
  fine: timestamp({ precision: 6 }).notNull(),
  finer: timestamptz({ precision: 4 }).notNull(),
  day: date().notNull(),
  hour: time().notNull(),
  span: interval().notNull(),
  code: uuid().notNull(),
  some: json<{ a: number }>().notNull(),
  more: jsonb<readonly string[]>().notNull(),
  unknown: json().notNull(),
  bytes: bytea().notNull(),
  mood: mood().notNull(),
  other: native<Map<string, number>>('hstore').notNull(),
  list: integer().array().notNull(),
  lists: mood().array().array(),
})
expectTypeOf<typeof common.$inferSelect>().toEqualTypeOf<{
  id: number
  large: bigint
  small: number
  whole: number
  wide: bigint
  exact: string
  price: string
  single: number
  double: number
  short: string
  fixed: string
  long: string
  flag: boolean
  at: Date
  moment: Date
  fine: string
  finer: string
  day: string
  hour: string
  span: string
  code: string
  some: { a: number }
  more: readonly string[]
  unknown: unknown
  bytes: Uint8Array
  mood: 'calm' | 'loud'
  other: Map<string, number>
  list: number[]
  lists: ('calm' | 'loud')[][] | null
}>()

const ofPostgres = table('of_postgres', {
  words: pg.tsvector().notNull(),
  query: pg.tsquery().notNull(),
  folded: pg.citext().notNull(),
  price: pg.money().notNull(),
  host: pg.inet().notNull(),
  network: pg.cidr().notNull(),
  card: pg.macaddr().notNull(),
  markup: pg.xml().notNull(),
  meaning: pg.vector(3).notNull(),
  range: pg.int4range().notNull(),
  days: pg.daterange().notNull(),
})
expectTypeOf<typeof ofPostgres.$inferSelect>().toEqualTypeOf<{
  words: string
  query: string
  folded: string
  price: string
  host: string
  network: string
  card: string
  markup: string
  meaning: number[]
  range: string
  days: string
}>()

const ofMysql = table('of_mysql', {
  texts: mysql.mediumtext().notNull(),
  bytes: mysql.longblob().notNull(),
  tiny: mysql.tinyint().notNull(),
  large: mysql.unsignedBigint().notNull(),
  year: mysql.year().notNull(),
  share: mysql.unsignedDecimal(6, 2).notNull(),
  names: mysql.set(['a', 'b']).notNull(),
})
expectTypeOf<typeof ofMysql.$inferSelect>().toEqualTypeOf<{
  texts: string
  bytes: Uint8Array
  tiny: number
  large: bigint
  year: number
  share: string
  names: ('a' | 'b')[]
}>()

const ofSqlite = table('of_sqlite', {
  bytes: sqlite.blob().notNull(),
  at: sqlite.unixMilliseconds().notNull(),
  second: sqlite.unixSeconds().notNull(),
})
expectTypeOf<typeof ofSqlite.$inferSelect>().toEqualTypeOf<{
  bytes: Uint8Array
  at: Date
  second: Date
}>()

// A type of the application's own; a former name changes no type.
const point = customType<{ x: number }, string>({
  dataType: () => text(),
  toDriver: ({ x }) => String(x),
  fromDriver: (stored) => ({ x: Number(stored) }),
})
const points = table('points', {
  at: point().notNull().was('place'),
  next: point({ name: 'following' }),
})
expectTypeOf<typeof points.$inferInsert>().toEqualTypeOf<{
  at: { x: number }
  next?: { x: number } | null | undefined
}>()
customType<{ x: number }, string>({
  dataType: () => text(),
  // @ts-expect-error a point is stored as a text
  toDriver: (value) => value.x,
  fromDriver: () => ({ x: 1 }),
})

// One schema of several files, with tables of two schemas of the database that have the same name.
const audit = schema('audit')
const auditPoints = audit.table('points', { id: serial().primaryKey() })
const all = defineSchema({ common, points }, { ofSqlite, auditPoints }, { mood })
declare const db: Database<typeof all>
expectTypeOf(db.select().from(auditPoints).executeTakeFirstOrThrow()).resolves.toEqualTypeOf<{
  id: number
}>()
expectTypeOf(db.query.points.findFirst()).resolves.toEqualTypeOf<
  { at: { x: number }; next: { x: number } | null } | undefined
>()
expectTypeOf(db.query.ofSqlite.findMany({ columns: { at: true } })).resolves.toEqualTypeOf<
  { at: Date }[]
>()
// @ts-expect-error an enum is no table
void db.query.mood
