/** Files of a task: who may see the task may read them. */

import { MizanError } from '@mizan/protocol'
import { client, inject } from '@mizan/server'
import { noSuchTask, requireProject, requireTask } from './access.ts'
import { log } from './activity-log.ts'
import { TaskContext } from './contexts.ts'
import { Db } from './database.ts'

/** A file without its content, which is at `/attachments/<id>/`. */
export interface Attachment {
  id: number
  name: string
  /** Bytes. */
  size: number
  createdAt: Date
}

/** Of one task; more would be a file store. */
const maximumFiles = 20

export class Attachments {
  readonly #db = inject(Db)

  /** Oldest first. */
  @client({ context: TaskContext })
  async taskAttachments(taskId: number): Promise<Attachment[]> {
    await requireTask(this.#db, taskId)
    return this.#db
      .selectFrom('attachments')
      .select(['id', 'name', 'size', 'createdAt'])
      .where('taskId', '=', taskId)
      .orderBy('createdAt')
      .orderBy('id')
      .execute()
  }

  /** Attaches a file: a picture, a PDF or a text of up to a megabyte. */
  @client({
    upload: {
      maxBytes: 1_000_000,
      maxFiles: 1,
      types: ['image/png', 'image/jpeg', 'image/webp', 'application/pdf', 'text/plain'],
    },
  })
  async attachFile(projectId: number, taskId: number, file: File): Promise<void> {
    const access = await requireProject(this.#db, projectId, 'member')
    const task = await this.#db
      .selectFrom('tasks')
      .select('title')
      .where('id', '=', taskId)
      .where('projectId', '=', projectId)
      .forUpdate()
      .executeTakeFirst()
    if (task === undefined) throw noSuchTask()
    const { count } = await this.#db
      .selectFrom('attachments')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('taskId', '=', taskId)
      .executeTakeFirstOrThrow()
    if (Number(count) >= maximumFiles)
      throw new MizanError('CONFLICT', `A task has at most ${maximumFiles} files`)
    const name = file.name.slice(-200) || 'file'
    await this.#db
      .insertInto('attachments')
      .values({
        taskId,
        authorId: access.personId,
        name,
        type: file.type,
        size: file.size,
        content: new Uint8Array(await file.arrayBuffer()),
      })
      .execute()
    await log(this.#db, access, { kind: 'attached', taskId, subject: task.title, detail: name })
  }

  /** The file itself, to be saved: a browser that showed it here would take it for a page of the board. */
  @client({ route: '/attachments/:attachmentId/', methods: ['GET'] })
  async attachment(attachmentId: number): Promise<Response> {
    const file = await this.#db
      .selectFrom('attachments')
      .select(['taskId', 'name', 'type', 'content'])
      .where('id', '=', attachmentId)
      .executeTakeFirst()
    if (file === undefined) throw noSuchTask()
    await requireTask(this.#db, file.taskId)
    return new Response(new Uint8Array(file.content), {
      headers: {
        'content-type': file.type,
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(file.name)}`,
        'content-security-policy': "default-src 'none'; sandbox",
        'x-content-type-options': 'nosniff',
      },
    })
  }
}
