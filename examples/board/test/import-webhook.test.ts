/** Tasks from outside: only with a signature, and at once in every cache. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { signatureLifetime, signWebhook } from '../src/server/webhook-signature.ts'
import { type RunningBoard, startBoard, webhookSecret } from './board.ts'
import { bela, websiteRelaunch } from './people.ts'

let board: RunningBoard
beforeAll(async () => {
  board = await startBoard()
})
afterAll(() => board[Symbol.asyncDispose]())

interface Delivery {
  readonly secret?: string
  readonly projectId?: number
  readonly age?: number
  /** What is sent instead of what was signed. */
  readonly tampered?: string
}

function deliver(body: string, delivery: Delivery = {}): Promise<Response> {
  const { secret = webhookSecret, projectId = websiteRelaunch, age = 0 } = delivery
  const seconds = Math.floor(Date.now() / 1000) - age
  return fetch(`${board.url}/webhooks/projects/${projectId}/tasks/`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-board-signature': signWebhook(secret, new TextEncoder().encode(body), seconds),
    },
    body: delivery.tampered ?? body,
  })
}

test('a signed task is on the board when the answer is there', async () => {
  const member = await board.signedIn(bela)
  await member.get('project', { project_id: websiteRelaunch })
  const response = await deliver('{"title":"A bug from the help desk"}')
  expect(response.status).toBe(201)
  // Data tags of what was written, for whoever stands before the server.
  expect(response.headers.get('x-mizan-changed')).toMatch(/^[\da-f]{32}/)
  const { body } = await member.get('project', { project_id: websiteRelaunch })
  const titles = body.project_tasks.map((task: { title: string }) => task.title)
  expect(titles).toContain('A bug from the help desk')
  expect(body.project_activity[0]).toMatchObject({ kind: 'imported', actorName: null })
})

test.each([
  ['another secret', { secret: 'what somebody guessed' }],
  ['another body', { tampered: '{"title":"Something else"}' }],
  ['a time that is long past', { age: signatureLifetime + 5 }],
  ['a time that is far off', { age: -signatureLifetime - 5 }],
] as const)('a signature for %s is refused', async (_what, delivery) => {
  expect((await deliver('{"title":"Refused"}', delivery)).status).toBe(401)
})

test('a request without a signature is refused', async () => {
  const response = await fetch(`${board.url}/webhooks/projects/1/tasks/`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"title":"Unsigned"}',
  })
  expect(response.status).toBe(401)
})

test('a signed body that is no task is refused', async () => {
  expect((await deliver('{"title":""}')).status).toBe(422)
  expect((await deliver('[]')).status).toBe(422)
})

test('a project that does not exist takes no tasks', async () => {
  expect((await deliver('{"title":"Nowhere"}', { projectId: 999 })).status).toBe(404)
})

test('clients cannot call the webhook as a function', async () => {
  const { status, body } = await board.visitor().call('import_task', { project_id: 1 })
  const unknown = await board.visitor().call('no_such_function', { project_id: 1 })
  expect(status).toBe(404)
  expect(body).toEqual(unknown.body)
})
