/** What people say about a task. */

import { client, inject } from '@mizan/server'
import { maximumText } from '../model.ts'
import { noSuchTask, requireProject, requireTask } from './access.ts'
import { log } from './activity-log.ts'
import { TaskContext } from './contexts.ts'
import { Db } from './database.ts'
import type { Person } from './session.ts'
import { requireText } from './text.ts'

export interface TaskComment {
  id: number
  author: Person
  body: string
  createdAt: Date
}

export class Comments {
  readonly #db = inject(Db)

  /** What was said, oldest first. */
  @client({ context: TaskContext })
  async taskComments(taskId: number): Promise<TaskComment[]> {
    await requireTask(this.#db, taskId)
    const rows = await this.#db
      .selectFrom('comments')
      .innerJoin('people', 'people.id', 'comments.authorId')
      .select(['comments.id', 'comments.body', 'comments.createdAt'])
      .select(['people.id as authorId', 'people.name', 'people.title', 'people.hue'])
      .where('comments.taskId', '=', taskId)
      .orderBy('comments.createdAt')
      .orderBy('comments.id')
      .execute()
    return rows.map(({ id, body, createdAt, authorId, name, title, hue }) => ({
      id,
      body,
      createdAt,
      author: { id: authorId, name, title, hue },
    }))
  }

  @client
  async addComment(projectId: number, taskId: number, body: string): Promise<void> {
    const access = await requireProject(this.#db, projectId, 'member')
    const text = requireText(body, { path: 'body', maximum: maximumText })
    const task = await this.#db
      .selectFrom('tasks')
      .select('title')
      .where('id', '=', taskId)
      .where('projectId', '=', projectId)
      .executeTakeFirst()
    if (task === undefined) throw noSuchTask()
    await this.#db
      .insertInto('comments')
      .values({ taskId, authorId: access.personId, body: text })
      .execute()
    await log(this.#db, access, { kind: 'commented', taskId, subject: task.title })
  }
}
