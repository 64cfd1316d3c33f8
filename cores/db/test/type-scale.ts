/** Source text of a schema of many tables, and of a module that uses each: rows, two levels of relations, an insert, an update. */

/** What is done with every table. */
export type TypeUse = 'rows' | 'reads' | 'writes' | 'selects'

/** A library in whose words schema and uses are written. */
export interface TypeScaleLibrary {
  /** The module `schema.ts`. */
  schema(tables: number): string
  /** A module beside it. */
  uses(tables: number, kinds: readonly TypeUse[]): string
}

const columns = (names: boolean): string => {
  const named = (name: string): string => (names ? `'${name}'` : '')
  const sized = names ? "'name', { length: 120 }" : '120'
  const zone = names ? "timestamp('created_at', { withTimezone: true })" : 'timestamptz()'
  return `
  name: varchar(${sized}).notNull(),
  note: text(${named('note')}),
  size: integer(${named('size')}).default(0).notNull(),
  active: boolean(${named('active')}).default(true).notNull(),
  tags: jsonb${names ? "('tags').$type<string[]>()" : '<string[]>()'},
  createdAt: ${zone}.defaultNow().notNull(),`
}

const relationsOf = (at: number): string =>
  at === 0
    ? ''
    : `export const t${at}Relations = relations(t${at}, ({ one }) => ({
  parent: one(t${at - 1}, { fields: [t${at}.parentId], references: [t${at - 1}.id] }),
}))\n`

const childrenOf = (at: number, tables: number): string =>
  at + 1 === tables
    ? ''
    : `export const t${at}Children = relations(t${at}, ({ many }) => ({ children: many(t${at + 1}) }))\n`

function uses(
  head: string,
  kinds: readonly TypeUse[],
  { tables, insert }: { readonly tables: number; readonly insert: string },
): string {
  const text: string[] = [head]
  const write = (kind: TypeUse, source: string): void => {
    if (kinds.includes(kind)) text.push(source)
  }
  // The first and the last table lack a parent or children.
  for (let at = 1; at < tables - 1; at += 1) {
    write(
      'rows',
      `export function row${at}(row: typeof schema.t${at}.$inferSelect): typeof schema.t${at}.$inferInsert {
  return { name: row.name, note: row.note }
}`,
    )
    write(
      'reads',
      `export async function read${at}(): Promise<string | null | undefined> {
  const found = await db.query.t${at}.findMany({
    columns: { name: true },
    with: { parent: true, children: { limit: 3, with: { parent: true } } },
    where: (t) => eq(t.id, ${at}),
  })
  return found[0]?.children[0]?.parent?.note
}`,
    )
    write(
      'writes',
      `export async function write${at}(): Promise<void> {
  await db.insert(schema.t${at}).values({ name: 'x' })${insert}
  await db.update(schema.t${at}).set({ name: 'y' }).where(eq(schema.t${at}.id, ${at}))${insert}
}`,
    )
    write(
      'selects',
      `export async function select${at}(): Promise<readonly { name: string }[]> {
  return db.select().from(schema.t${at}).where(eq(schema.t${at}.name, 'x'))${insert}
}`,
    )
  }
  return `${text.join('\n')}\n`
}

/** This package. */
export const mizanTypes: TypeScaleLibrary = {
  schema(tables) {
    const text = [
      "import { boolean, index, integer, jsonb, relations, serial, table, text, timestamptz, varchar } from '@mizan/db'",
    ]
    for (let at = 0; at < tables; at += 1) {
      const parent = at === 0 ? '' : `\n  parentId: integer().references(() => t${at - 1}.id),`
      text.push(
        `export const t${at} = table('t${at}', {\n  id: serial().primaryKey(),${parent}${columns(false)}\n}, (t) => ({ byName: index().on(t.name) }))`,
      )
    }
    for (let at = 0; at < tables; at += 1) text.push(relationsOf(at) + childrenOf(at, tables))
    return `${text.join('\n')}\n`
  },
  uses: (tables, kinds) =>
    uses(
      `import { createDbClient, type DialectPackage, eq } from '@mizan/db'
import * as schema from './schema.ts'
declare const dialect: DialectPackage
const db = createDbClient({ schema, dialect })`,
      kinds,
      { tables, insert: '.execute()' },
    ),
}

/** Drizzle, whose relations of one table stand in one declaration. */
export const drizzleTypes: TypeScaleLibrary = {
  schema(tables) {
    const text = [
      "import { relations } from 'drizzle-orm'",
      "import { boolean, index, integer, jsonb, pgTable, serial, text, timestamp, varchar } from 'drizzle-orm/pg-core'",
    ]
    for (let at = 0; at < tables; at += 1) {
      const parent =
        at === 0 ? '' : `\n  parentId: integer('parent_id').references(() => t${at - 1}.id),`
      text.push(
        `export const t${at} = pgTable('t${at}', {\n  id: serial('id').primaryKey(),${parent}${columns(true)}\n}, (t) => [index('t${at}_name').on(t.name)])`,
      )
    }
    for (let at = 0; at < tables; at += 1) {
      const members = [
        ...(at === 0
          ? []
          : [
              `parent: one(t${at - 1}, { fields: [t${at}.parentId], references: [t${at - 1}.id] })`,
            ]),
        ...(at + 1 === tables ? [] : [`children: many(t${at + 1})`]),
      ]
      text.push(
        `export const t${at}Relations = relations(t${at}, ({ one, many }) => ({ ${members.join(', ')} }))`,
      )
    }
    return `${text.join('\n')}\n`
  },
  uses: (tables, kinds) =>
    uses(
      `import { eq } from 'drizzle-orm'
import type { NodePgDatabase } from 'drizzle-orm/node-postgres'
import * as schema from './schema.ts'
declare const db: NodePgDatabase<typeof schema>`,
      kinds,
      { tables, insert: '' },
    ),
}
