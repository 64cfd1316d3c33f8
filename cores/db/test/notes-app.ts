/** A small application on the data core: lists of notes, and who counts them. */

import { type App, type AppOptions, client, collect, createApp, defineContext } from '@mizan/server'
import { createCaller, type Caller } from '@mizan/testing'
import { sql } from 'kysely'
import {
  createDbClient,
  createStatements,
  type Database,
  type DialectPackage,
  eq,
  integer,
  serial,
  table,
  text,
  toSnapshot,
} from '../src/index.ts'
import { dbPlugin, type DbPluginOptions } from '../src/plugin.ts'

export const lists = table('lists', { id: serial().primaryKey(), name: text().notNull() })
export const notes = table('notes', {
  id: serial().primaryKey(),
  listId: integer()
    .notNull()
    .references(() => lists.id, { onDelete: 'cascade' }),
  body: text().notNull(),
})
export const schema = { lists, notes }
export type NotesDatabase = Database<typeof schema>

/** How the app is put together. */
export interface NotesOptions extends Pick<AppOptions, 'cache' | 'live' | 'clock'> {
  readonly dialect: DialectPackage
  readonly plugin?: Partial<DbPluginOptions<typeof schema>>
  /** Runs inside `change`, and inside `change_apart`, which has no transaction. */
  readonly during?: (db: NotesDatabase) => Promise<unknown>
}

/** The app, and a visitor of it. */
export interface NotesApp extends AsyncDisposable {
  readonly app: App
  readonly database: NotesDatabase
  readonly caller: Caller
  /** The bodies of a list's notes, as a page gets them. */
  bodies(listId: number): Promise<unknown>
}

export const cacheSecret = 'a-cache-secret-for-tests-of-32-bytes!!'
const ListContext = defineContext('list')
const TotalContext = defineContext('total')
const NamesContext = defineContext('names')

/** Makes the tables, with two lists and a note in the first. */
export async function createNotes(dialect: DialectPackage): Promise<void> {
  await using db = createDbClient({ schema, dialect })
  for (const statement of createStatements(toSnapshot(schema), dialect.ddl))
    await sql.raw(statement).execute(db)
  await db
    .insert(lists)
    .values([{ name: 'first' }, { name: 'second' }])
    .execute()
  await db.insert(notes).values({ listId: 1, body: 'old' }).execute()
}

/** An app on tables that are there. */
export function openNotes(options: NotesOptions): NotesApp {
  const database = createDbClient({ schema, dialect: options.dialect, acquireTimeout: 60_000 })
  const app = createApp({
    functions: collect(
      client({ context: ListContext }, async function listBodies(listId: number): Promise<
        string[]
      > {
        const rows = await database
          .select()
          .from(notes)
          .where(eq(notes.listId, listId))
          .orderBy(notes.id)
          .execute()
        return rows.map(({ body }) => body)
      }),
      client({ context: TotalContext }, async function total(): Promise<number> {
        return (await database.selectFrom('notes').select('id').execute()).length
      }),
      client({ context: NamesContext }, async function names(): Promise<string[]> {
        const rows = await database.selectFrom('lists').select('name').orderBy('id').execute()
        return rows.map(({ name }) => name)
      }),
      client(async function add(listId: number, body: string): Promise<void> {
        await database.insert(notes).values({ listId, body }).execute()
      }),
      client(
        { transaction: false },
        async function addApart(listId: number, body: string): Promise<void> {
          await database.insert(notes).values({ listId, body }).execute()
        },
      ),
      client(async function change(): Promise<void> {
        await options.during?.(database)
      }),
      client({ transaction: false }, async function changeApart(): Promise<void> {
        await options.during?.(database)
      }),
    ),
    plugins: [dbPlugin({ database, migrationsOnBoot: 'ignore', ...options.plugin })],
    logger: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...(options.cache === undefined ? {} : { cache: options.cache }),
    ...(options.live === undefined ? {} : { live: options.live }),
  })
  const caller = createCaller(app)
  return {
    app,
    database,
    caller,
    bodies: async (listId) =>
      (await caller.fetchContext('list', { list_id: listId }))['list_bodies'],
    [Symbol.asyncDispose]: () => app.close(),
  }
}
