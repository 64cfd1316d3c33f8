/** Tasks: what one task's panel shows, and every way to change one. */

import { MizanError } from '@mizan/protocol'
import { client, inject } from '@mizan/server'
import { maximumText, maximumTitle, type Priority, type Status } from '../model.ts'
import { noSuchTask, type ProjectAccess, requireProject, requireTask } from './access.ts'
import { log } from './activity-log.ts'
import { TaskContext } from './contexts.ts'
import { type BoardDatabase, Db } from './database.ts'
import { endOfColumn, positionBefore } from './place-task.ts'
import { toHappenings } from './task-happenings.ts'
import { requireText } from './text.ts'

/** A task with all its fields. */
export interface Task {
  id: number
  projectId: number
  title: string
  body: string
  status: Status
  priority: Priority
  assigneeId: number | null
  /** `YYYY-MM-DD`. */
  dueOn: string | null
  createdAt: Date
  updatedAt: Date
}

/** The fields to change; those left out stay. */
export interface TaskChanges {
  title?: string
  body?: string
  status?: Status
  priority?: Priority
  /** Null gives the task to nobody. */
  assigneeId?: number | null
  /** `YYYY-MM-DD`; null takes the date away. */
  dueOn?: string | null
}

/** Where to put a card. */
export interface TaskMove {
  projectId: number
  taskId: number
  status: Status
  /** The card that comes after it; null for the end of the column. */
  beforeTaskId: number | null
}

export class Tasks {
  readonly #db = inject(Db)

  @client({ context: TaskContext })
  async taskDetail(taskId: number): Promise<Task> {
    await requireTask(this.#db, taskId)
    return taskOf(this.#db, taskId)
  }

  /** Adds a task at the end of its column. */
  @client
  async createTask(
    projectId: number,
    /**
     * What is to be done
     *
     * @minLength 1
     * @maxLength 200
     */
    title: string,
    /** Column */
    status: Status = 'todo',
  ): Promise<Task> {
    const access = await requireProject(this.#db, projectId, 'member')
    const task = await insertTask(this.#db, { projectId, title, status })
    await log(this.#db, access, { kind: 'created', taskId: task.id, subject: task.title })
    return task
  }

  @client
  async updateTask(projectId: number, taskId: number, changes: TaskChanges): Promise<void> {
    const access = await requireProject(this.#db, projectId, 'member')
    const before = await lockTask(this.#db, access, taskId)
    const set = await this.#toColumns(access, before, changes)
    if (Object.keys(set).length === 0) return
    await this.#db
      .updateTable('tasks')
      .set({ ...set, updatedAt: new Date() })
      .where('id', '=', taskId)
      .execute()
    const assignee = set.assigneeId == null ? null : await nameOf(this.#db, set.assigneeId)
    for (const happening of toHappenings(before, set, assignee))
      await log(this.#db, access, happening)
  }

  /** Moves a card to a column, before another card or to the end. */
  @client
  async moveTask({ projectId, taskId, status, beforeTaskId }: TaskMove): Promise<void> {
    const access = await requireProject(this.#db, projectId, 'member')
    const before = await lockTask(this.#db, access, taskId)
    const position = await positionBefore(this.#db, { projectId, status, taskId, beforeTaskId })
    await this.#db
      .updateTable('tasks')
      .set({ status, position, updatedAt: new Date() })
      .where('id', '=', taskId)
      .execute()
    if (before.status !== status) {
      await log(this.#db, access, { kind: 'moved', taskId, subject: before.title, detail: status })
    }
  }

  @client
  async deleteTask(projectId: number, taskId: number): Promise<void> {
    const access = await requireProject(this.#db, projectId, 'member')
    const { title } = await lockTask(this.#db, access, taskId)
    await this.#db.deleteFrom('tasks').where('id', '=', taskId).execute()
    await log(this.#db, access, { kind: 'deleted', taskId: null, subject: title })
  }

  /** Checks the changes and leaves out what would change nothing. */
  async #toColumns(
    access: ProjectAccess,
    before: Task,
    changes: TaskChanges,
  ): Promise<TaskColumns> {
    const set: TaskColumns = {}
    if (changes.title !== undefined) {
      const title = requireText(changes.title, { path: 'changes.title', maximum: maximumTitle })
      if (title !== before.title) set.title = title
    }
    if (changes.body !== undefined && changes.body.trim() !== before.body) {
      const body = changes.body.trim()
      set.body =
        body === '' ? '' : requireText(body, { path: 'changes.body', maximum: maximumText })
    }
    if (changes.priority !== undefined && changes.priority !== before.priority) {
      set.priority = changes.priority
    }
    if (changes.assigneeId !== undefined && changes.assigneeId !== before.assigneeId) {
      if (changes.assigneeId !== null) await requireMember(this.#db, access, changes.assigneeId)
      set.assigneeId = changes.assigneeId
    }
    if (changes.dueOn !== undefined && changes.dueOn !== before.dueOn)
      set.dueOn = requireDate(changes.dueOn)
    if (changes.status !== undefined && changes.status !== before.status) {
      set.status = changes.status
      set.position = await endOfColumn(this.#db, access.projectId, changes.status)
    }
    return set
  }
}

/** What an update writes. */
export type TaskColumns = TaskChanges & { position?: number }

/** What a new task starts with. */
export interface NewTask {
  readonly projectId: number
  readonly title: string
  readonly status?: Status
  readonly body?: string
}

/** Adds a task at the end of its column; the caller has checked who asks. */
export async function insertTask(db: BoardDatabase, task: NewTask): Promise<Task> {
  const status = task.status ?? 'todo'
  const { id } = await db
    .insertInto('tasks')
    .values({
      projectId: task.projectId,
      title: requireText(task.title, { path: 'title', maximum: maximumTitle }),
      body: (task.body ?? '').slice(0, maximumText),
      status,
      position: await endOfColumn(db, task.projectId, status),
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return taskOf(db, id)
}

const taskFields = [
  'id',
  'projectId',
  'title',
  'body',
  'status',
  'priority',
  'assigneeId',
  'dueOn',
  'createdAt',
  'updatedAt',
] as const

async function taskOf(db: BoardDatabase, taskId: number): Promise<Task> {
  const row = await db
    .selectFrom('tasks')
    .select(taskFields)
    .where('id', '=', taskId)
    .executeTakeFirst()
  if (row === undefined) throw noSuchTask()
  return row
}

/** Holds the row until the call's transaction ends, and refuses a task of another project. */
async function lockTask(
  db: BoardDatabase,
  { projectId }: ProjectAccess,
  taskId: number,
): Promise<Task> {
  const row = await db
    .selectFrom('tasks')
    .select(taskFields)
    .where('id', '=', taskId)
    .where('projectId', '=', projectId)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) throw noSuchTask()
  return row
}

async function requireMember(
  db: BoardDatabase,
  access: ProjectAccess,
  personId: number,
): Promise<void> {
  const member = await db
    .selectFrom('members')
    .select('personId')
    .where('workspaceId', '=', access.workspaceId)
    .where('personId', '=', personId)
    .executeTakeFirst()
  if (member === undefined) throw invalid('changes.assigneeId', 'a member of this workspace')
}

async function nameOf(db: BoardDatabase, personId: number): Promise<string> {
  const row = await db
    .selectFrom('people')
    .select('name')
    .where('id', '=', personId)
    .executeTakeFirstOrThrow()
  return row.name
}

function requireDate(text: string | null): string | null {
  if (text === null) return null
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text)
    ? new Date(`${text}T00:00:00Z`)
    : new Date(Number.NaN)
  // February 30 parses as a day of March in some engines: only a date that prints as it was written exists.
  const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
  if (!exists) throw invalid('changes.dueOn', 'a date such as 2026-11-20')
  return text
}

function invalid(path: string, expected: string): MizanError {
  const message = `${path} must be ${expected}`
  return new MizanError('VALIDATION_FAILED', message, { details: [{ path, message, expected }] })
}
