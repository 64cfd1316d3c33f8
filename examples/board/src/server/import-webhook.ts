/** Takes tasks from other systems: `POST /webhooks/projects/<id>/tasks/`, signed. */

import { client, defineToken, getRequest, inject, type Token } from '@mizan/server'
import { log } from './activity-log.ts'
import { Db } from './database.ts'
import { insertTask } from './tasks.ts'
import { isSignedWebhook } from './webhook-signature.ts'

/** What senders sign with. */
export const WebhookSecret: Token<string> = defineToken<string>('WebhookSecret')

export class ImportWebhook {
  readonly #db = inject(Db)
  readonly #secret = inject(WebhookSecret)

  /** Adds the task that a signed request describes: `{"title": "…", "body": "…"}`. */
  @client({
    private: true,
    route: '/webhooks/projects/:projectId/tasks/',
    methods: ['POST'],
  })
  async importTask(projectId: number): Promise<Response> {
    const request = getRequest()
    const bytes = await request.bytes()
    const check = {
      header: request.header('x-board-signature'),
      now: Math.floor(Date.now() / 1000),
    }
    if (!isSignedWebhook(this.#secret, bytes, check))
      return answer(401, { error: 'The signature does not match' })
    const draft = parseDraft(new TextDecoder().decode(bytes))
    if (draft === undefined)
      return answer(422, { error: 'Expected {"title": string, "body"?: string}' })
    const project = await this.#db
      .selectFrom('projects')
      .select('id')
      .where('id', '=', projectId)
      .executeTakeFirst()
    if (project === undefined) return answer(404, { error: 'There is no such project' })
    const task = await insertTask(this.#db, { projectId, ...draft })
    const by = { projectId, personId: null }
    await log(this.#db, by, { kind: 'imported', taskId: task.id, subject: task.title })
    return answer(201, { id: task.id })
  }
}

function answer(status: number, body: unknown): Response {
  return Response.json(body, { status })
}

function parseDraft(text: string): { title: string; body: string } | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { title, body = '' } = value as Record<string, unknown>
  return typeof title === 'string' && title.trim() !== '' && typeof body === 'string'
    ? { title, body }
    : undefined
}
