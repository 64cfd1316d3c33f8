/** The tables of the dialect conformance suite: every column type, keys of every kind. */

import {
  bigint,
  bigSerial,
  boolean,
  bytea,
  char,
  check,
  date,
  doublePrecision,
  enumType,
  foreignKey,
  index,
  integer,
  interval,
  json,
  jsonb,
  numeric,
  primaryKey,
  real,
  relations,
  serial,
  smallint,
  table,
  text,
  time,
  timestamp,
  timestamptz,
  unique,
  uuid,
  varchar,
} from './index.ts'

export const mood = enumType('mood', ['calm', "it's loud"])

export const everyType = table('every_type', {
  id: bigSerial().primaryKey(),
  aSmallint: smallint(),
  anInteger: integer(),
  aBigint: bigint(),
  aNumeric: numeric({ precision: 12, scale: 3 }),
  aReal: real(),
  aDouble: doublePrecision(),
  aVarchar: varchar(40),
  aChar: char(3),
  aText: text(),
  aBoolean: boolean(),
  aTimestamp: timestamp(),
  aTimestamptz: timestamptz(),
  aDate: date(),
  aTime: time(),
  anInterval: interval(),
  aUuid: uuid(),
  aJson: json<{ readonly deep: readonly (number | null)[]; readonly text: string }>(),
  aJsonb: jsonb<readonly unknown[]>(),
  someBytes: bytea(),
  aMood: mood(),
})

export const people = table('people', {
  id: serial().primaryKey(),
  email: varchar(120).notNull().unique(),
  displayName: varchar(120, { name: 'shown_as' }).notNull(),
  active: boolean().default(true).notNull(),
  karma: bigint().default(0n).notNull(),
  note: text().default("it's \\ quoted"),
  joinedAt: timestamptz().defaultNow().notNull(),
})

export const projects = table(
  'projects',
  {
    id: serial().primaryKey(),
    ownerId: integer().references(() => people.id, { onDelete: 'set null' }),
    slug: varchar(60).notNull(),
    budget: numeric({ precision: 10, scale: 2 }).default('0').notNull(),
  },
  (t) => ({
    bySlug: unique('projects_slug').on(t.slug),
    budget: check('projects_budget', 'budget >= 0'),
  }),
)

export const tasks = table(
  'project_tasks',
  {
    id: serial().primaryKey(),
    projectId: integer()
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    parentId: integer(),
    title: varchar(200).notNull(),
    mood: mood().default('calm').notNull(),
    dueAt: timestamp(),
  },
  (t) => ({
    byProject: index('project_tasks_project').on(t.projectId, t.title),
    parent: foreignKey(t.parentId).references([t.id], { onDelete: 'cascade' }),
  }),
)

export const members = table(
  'members',
  {
    projectId: integer()
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    personId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    role: varchar(16).notNull(),
  },
  (t) => ({ key: primaryKey(t.projectId, t.personId) }),
)

export const peopleRelations = relations(people, ({ many }) => ({ projects: many(projects) }))

export const projectRelations = relations(projects, ({ one, many }) => ({
  owner: one(people, { fields: [projects.ownerId], references: [people.id] }),
  tasks: many(tasks),
}))

export const taskRelations = relations(tasks, ({ one, many }) => ({
  project: one(projects, { fields: [tasks.projectId], references: [projects.id] }),
  children: many(tasks, { fields: [tasks.parentId] }),
}))
