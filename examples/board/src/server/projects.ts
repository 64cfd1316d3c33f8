/** All that the views of one project show, asked for in one request. */

import { client, inject } from '@mizan/server'
import type { ActivityKind, Priority, Role, Status } from '../model.ts'
import { requireProject } from './access.ts'
import { ProjectContext } from './contexts.ts'
import { Db } from './database.ts'
import { requireText } from './text.ts'
import { type Member, membersOf } from './workspaces.ts'

export interface ProjectDetail {
  id: number
  name: string
  slug: string
  summary: string
  isPublic: boolean
  workspaceId: number
  workspaceName: string
  /** The caller's. */
  role: Role
  /** Whom a task can be given to. */
  members: Member[]
}

/** A task as a card shows it. */
export interface TaskCard {
  id: number
  title: string
  status: Status
  priority: Priority
  assigneeId: number | null
  /** `YYYY-MM-DD`. */
  dueOn: string | null
  commentCount: number
}

export interface ActivityEntry {
  id: number
  kind: ActivityKind
  /** Null where a webhook did it. */
  actorName: string | null
  taskId: number | null
  /** The task's title when it happened. */
  subject: string
  /** What it became: a status, a name, a date. */
  detail: string | null
  createdAt: Date
}

/** Open tasks of one person; nobody's under `null`. */
export interface Workload {
  personId: number | null
  open: number
}

export interface ProjectStats {
  total: number
  byStatus: Record<Status, number>
  workload: Workload[]
}

export class Projects {
  readonly #db = inject(Db)

  @client({ context: ProjectContext })
  async projectDetail(projectId: number): Promise<ProjectDetail> {
    const { role, workspaceId } = await requireProject(this.#db, projectId)
    const [project, members] = await Promise.all([
      this.#db
        .selectFrom('projects')
        .innerJoin('workspaces', 'workspaces.id', 'projects.workspaceId')
        .select([
          'projects.id',
          'projects.name',
          'projects.slug',
          'projects.summary',
          'projects.isPublic',
        ])
        .select('workspaces.name as workspaceName')
        .where('projects.id', '=', projectId)
        .executeTakeFirstOrThrow(),
      membersOf(this.#db, workspaceId),
    ])
    return { ...project, workspaceId, role, members }
  }

  /** The cards of the board, in the order of their columns. */
  @client({ context: ProjectContext })
  async projectTasks(projectId: number): Promise<TaskCard[]> {
    await requireProject(this.#db, projectId)
    const rows = await this.#db
      .selectFrom('tasks')
      .select(['id', 'title', 'status', 'priority', 'assigneeId', 'dueOn'])
      .select((eb) =>
        eb
          .selectFrom('comments')
          .whereRef('comments.taskId', '=', 'tasks.id')
          .select((inner) => inner.cast<number>(inner.fn.countAll(), 'integer').as('count'))
          .as('commentCount'),
      )
      .where('projectId', '=', projectId)
      .orderBy('position')
      .orderBy('id')
      .execute()
    return rows.map((row) => ({ ...row, commentCount: row.commentCount ?? 0 }))
  }

  /** The latest things that happened, newest first. */
  @client({ context: ProjectContext })
  async projectActivity(projectId: number): Promise<ActivityEntry[]> {
    await requireProject(this.#db, projectId)
    return this.#db
      .selectFrom('activity')
      .leftJoin('people', 'people.id', 'activity.actorId')
      .select([
        'activity.id',
        'activity.kind',
        'activity.taskId',
        'activity.subject',
        'activity.detail',
      ])
      .select(['activity.createdAt', 'people.name as actorName'])
      .where('activity.projectId', '=', projectId)
      .orderBy('activity.createdAt', 'desc')
      .orderBy('activity.id', 'desc')
      .limit(30)
      .execute()
  }

  @client({ context: ProjectContext })
  async projectStats(projectId: number): Promise<ProjectStats> {
    await requireProject(this.#db, projectId)
    const rows = await this.#db
      .selectFrom('tasks')
      .select(['status', 'assigneeId'])
      .select((eb) => eb.cast<number>(eb.fn.countAll(), 'integer').as('count'))
      .where('projectId', '=', projectId)
      .groupBy(['status', 'assigneeId'])
      .execute()
    const byStatus: Record<Status, number> = { todo: 0, doing: 0, review: 0, done: 0 }
    const open = new Map<number | null, number>()
    for (const { status, assigneeId, count } of rows) {
      byStatus[status] += count
      if (status !== 'done') open.set(assigneeId, (open.get(assigneeId) ?? 0) + count)
    }
    const workload = [...open].map(([personId, count]) => ({ personId, open: count }))
    workload.sort((a, b) => b.open - a.open || (a.personId ?? 0) - (b.personId ?? 0))
    return { total: rows.reduce((sum, row) => sum + row.count, 0), byStatus, workload }
  }

  @client
  async renameProject(projectId: number, name: string): Promise<void> {
    await requireProject(this.#db, projectId, 'admin')
    const text = requireText(name, { path: 'name', maximum: 120 })
    await this.#db.updateTable('projects').set({ name: text }).where('id', '=', projectId).execute()
  }

  /** Opens or closes the public page. */
  @client
  async publishProject(projectId: number, isPublic: boolean): Promise<void> {
    await requireProject(this.#db, projectId, 'admin')
    await this.#db.updateTable('projects').set({ isPublic }).where('id', '=', projectId).execute()
  }
}
