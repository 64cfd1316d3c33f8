/** The board's data, declared once: types, DDL and migrations come from here. */

import {
  boolean,
  bytea,
  date,
  doublePrecision,
  enumType,
  index,
  integer,
  primaryKey,
  serial,
  table,
  text,
  timestamptz,
  varchar,
} from '@mizan/db'
import { activityKinds, priorities, roles, statuses } from '../model.ts'

export const memberRole = enumType('member_role', roles)
export const taskStatus = enumType('task_status', statuses)
export const taskPriority = enumType('task_priority', priorities)
export const activityKind = enumType('activity_kind', activityKinds)

export const people = table('people', {
  id: serial().primaryKey(),
  name: varchar(120).notNull(),
  email: varchar(255).notNull().unique(),
  /** What they do, in a few words. */
  title: varchar(120).notNull(),
  /** Degrees on the colour wheel, for the avatar. */
  hue: integer().notNull(),
  /** Runs the installation: may use what is guarded by `auth: 'staff'`. */
  staff: boolean().default(false).notNull(),
})

export const workspaces = table('workspaces', {
  id: serial().primaryKey(),
  name: varchar(120).notNull(),
  slug: varchar(120).notNull().unique(),
})

export const members = table(
  'members',
  {
    workspaceId: integer()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    personId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    role: memberRole().notNull(),
  },
  (t) => ({
    pk: primaryKey(t.workspaceId, t.personId),
    byPerson: index('members_person').on(t.personId),
  }),
)

export const projects = table(
  'projects',
  {
    id: serial().primaryKey(),
    workspaceId: integer()
      .notNull()
      .references(() => workspaces.id, { onDelete: 'cascade' }),
    name: varchar(120).notNull(),
    /** Public pages are looked up by it, and are made stale by changes of their own project only. */
    slug: varchar(120).notNull().unique().tag(),
    summary: text().notNull(),
    /** Whether `/p/<slug>/` answers. */
    isPublic: boolean().default(false).notNull(),
    createdAt: timestamptz().defaultNow().notNull(),
  },
  (t) => ({ byWorkspace: index('projects_workspace').on(t.workspaceId) }),
)

export const tasks = table(
  'tasks',
  {
    id: serial().primaryKey(),
    projectId: integer()
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    title: varchar(200).notNull(),
    body: text().default('').notNull(),
    status: taskStatus().default('todo').notNull(),
    priority: taskPriority().default('normal').notNull(),
    assigneeId: integer().references(() => people.id, { onDelete: 'set null' }),
    dueOn: date(),
    /** Order within a column; neighbours leave room between them, see `src/server/position.ts`. */
    position: doublePrecision().notNull(),
    createdAt: timestamptz().defaultNow().notNull(),
    updatedAt: timestamptz().defaultNow().notNull(),
  },
  (t) => ({
    byProject: index('tasks_project').on(t.projectId, t.status, t.position),
    byAssignee: index('tasks_assignee').on(t.assigneeId),
  }),
)

export const comments = table(
  'comments',
  {
    id: serial().primaryKey(),
    taskId: integer()
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    authorId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    body: text().notNull(),
    createdAt: timestamptz().defaultNow().notNull(),
  },
  (t) => ({ byTask: index('comments_task').on(t.taskId, t.createdAt) }),
)

export const activity = table(
  'activity',
  {
    id: serial().primaryKey(),
    projectId: integer()
      .notNull()
      .references(() => projects.id, { onDelete: 'cascade' }),
    taskId: integer().references(() => tasks.id, { onDelete: 'set null' }),
    /** Nobody, where a webhook did it. */
    actorId: integer().references(() => people.id, { onDelete: 'set null' }),
    kind: activityKind().notNull(),
    /** The task's title when it happened. */
    subject: varchar(200).notNull(),
    /** What it became: a status, a name, a date. */
    detail: varchar(200),
    createdAt: timestamptz().defaultNow().notNull(),
  },
  (t) => ({ byProject: index('activity_project').on(t.projectId, t.createdAt) }),
)

/** Files of a task, in the database: they are small, and leave with the task. */
export const attachments = table(
  'attachments',
  {
    id: serial().primaryKey(),
    taskId: integer()
      .notNull()
      .references(() => tasks.id, { onDelete: 'cascade' }),
    authorId: integer()
      .notNull()
      .references(() => people.id, { onDelete: 'cascade' }),
    name: varchar(200).notNull(),
    /** Media type, one of `attachmentTypes`. */
    type: varchar(80).notNull(),
    /** Bytes. */
    size: integer().notNull(),
    content: bytea().notNull(),
    createdAt: timestamptz().defaultNow().notNull(),
  },
  (t) => ({ byTask: index('attachments_task').on(t.taskId, t.createdAt) }),
)
