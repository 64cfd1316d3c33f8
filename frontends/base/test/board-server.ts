/** A small server of the protocol over real HTTP, whose answers a test can hold back. */

import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that arrived and whose answer, computed at that moment, waits for the test. */
export interface Hold {
  readonly arrived: Promise<void>
  /** Settles when the client gives the request up. */
  readonly abandoned: Promise<void>
  release(): void
}

/** The server, and what tests may look at and change. */
export interface BoardServer extends AsyncDisposable {
  readonly origin: string
  /** `GET task?task_id=5`, `POST update_task`, in the order of arrival. */
  readonly log: string[]
  /** Headers of the same requests. */
  readonly headers: IncomingMessage['headers'][]
  readonly tasks: Map<number, StoredTask>
  /** Holds the next request whose line in the log begins with `start`. */
  hold(start: string): Hold
  /** Gives the next request whose line in the log begins with `start` this answer. */
  answer(start: string, status: number, text: string): void
}

interface StoredTask {
  id: number
  title: string
  labels: { name: string }[]
  dueAt: string
  comments: string[]
}

interface Answer {
  readonly status: number
  readonly text: string
  /** It signed somebody in or out. */
  readonly isSessionChange?: boolean
}

type Args = Record<string, unknown>

/** Starts a server with tasks 5 and 6 on a free port. */
export async function boardServer(): Promise<BoardServer> {
  const tasks = new Map([5, 6].map((id) => [id, newTask(id)]))
  const log: string[] = []
  const headers: IncomingMessage['headers'][] = []
  const holds: { start: string; gate: Gate }[] = []
  const canned: { start: string; answer: Answer }[] = []
  let user: string | null = 'Ada'

  const contexts: Record<string, (params: URLSearchParams) => Answer> = {
    global: () => json(200, { current_user: user === null ? null : { name: user } }),
    task(params) {
      const task = tasks.get(Number(params.get('task_id')))
      if (!task) return fail(404, 'NOT_FOUND', 'There is no such task')
      const { comments, ...detail } = task
      const title = params.get('locale') === 'de' ? `${task.title} (de)` : task.title
      return json(200, { task_comments: comments, task_detail: { ...detail, title } })
    },
    search: (params) => json(200, { matches: [params.get('text') === 'null' ? 0 : 1] }),
  }

  const functions: Record<string, (args: Args) => Answer> = {
    update_task({ task_id: id, title, due_at: dueAt }) {
      const task = tasks.get(Number(id))
      if (!task) return fail(404, 'NOT_FOUND', 'There is no such task')
      if (title === '') return fail(422, 'VALIDATION_FAILED', 'title must not be empty')
      if (title !== undefined) task.title = String(title)
      if (dueAt !== undefined) task.dueAt = String(dueAt)
      return json(200, { invalidate: [{ context: 'task', params: { task_id: id } }], result: null })
    },
    add_comment({ task_id: id, text }) {
      const comments = tasks.get(Number(id))?.comments ?? []
      comments.push(String(text))
      const target = { context: 'task', function: 'task_comments', params: { task_id: id } }
      return json(200, { invalidate: [target], result: comments.length })
    },
    archive_all() {
      for (const task of tasks.values()) task.title = `Archived ${task.id}`
      return json(500, {
        error: { code: 'INTERNAL', message: 'It failed after a commit', id: 'e1' },
        invalidate: ['task'],
      })
    },
    next_day: ({ at }) =>
      json(200, { result: new Date(Date.parse(String(at)) + 86_400_000).toISOString() }),
    rename_user({ name }) {
      user = name === null ? null : String(name)
      return json(200, { invalidate: ['global'], result: null })
    },
    sign_in_as({ name }) {
      user = name === null ? null : String(name)
      return { ...json(200, { invalidate: ['global'], result: null }), isSessionChange: true }
    },
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://board.test')
    const name = /^\/api\/mizan\/ctx\/(\w+)\/$/.exec(url.pathname)?.[1]
    const body = await read(request)
    const { fn = '', args = {} } =
      body === '' ? {} : (JSON.parse(body) as { fn: string; args: Args })
    const line =
      name === undefined ? `POST ${fn}` : `GET ${name}${url.search && '?'}${url.searchParams}`
    log.push(line)
    headers.push(request.headers)
    const unknown = fail(404, 'NOT_FOUND', 'There is nothing here')
    const answer =
      take(canned, line)?.answer ??
      (name === undefined ? functions[fn]?.(args) : contexts[name]?.(url.searchParams)) ??
      unknown
    const gate = take(holds, line)?.gate
    if (gate) {
      response.on('close', () => gate.abandon())
      await gate.pass()
    }
    write(request, response, answer)
  }

  const server = createServer((request, response) => void handle(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // cast: a server that listens on a port has an address with one.
  const { port } = server.address() as AddressInfo

  return {
    origin: `http://127.0.0.1:${port}`,
    log,
    headers,
    tasks,
    hold(start) {
      const gate = new Gate()
      holds.push({ start, gate })
      return gate
    },
    answer(start, status, text) {
      canned.push({ start, answer: { status, text } })
    },
    async [Symbol.asyncDispose]() {
      for (const { gate } of holds) gate.release()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/** One held request: three events that each happen once. */
class Gate implements Hold {
  readonly #opened: Promise<void>
  readonly arrived: Promise<void>
  readonly abandoned: Promise<void>
  release!: () => void
  abandon!: () => void
  #arrive!: () => void

  constructor() {
    this.#opened = new Promise((resolve) => (this.release = resolve))
    this.arrived = new Promise((resolve) => (this.#arrive = resolve))
    this.abandoned = new Promise((resolve) => (this.abandon = resolve))
  }

  async pass(): Promise<void> {
    this.#arrive()
    await Promise.race([this.#opened, this.abandoned])
  }
}

function newTask(id: number): StoredTask {
  return {
    id,
    title: `Task ${id}`,
    labels: [{ name: 'new' }, { name: 'ui' }],
    dueAt: '2026-05-01T00:00:00.000Z',
    comments: ['First'],
  }
}

function json(status: number, value: unknown): Answer {
  return { status, text: JSON.stringify(value) }
}

function fail(status: number, code: string, message: string): Answer {
  return json(status, { error: { code, message } })
}

function take<T extends { readonly start: string }>(list: T[], line: string): T | undefined {
  const index = list.findIndex(({ start }) => line.startsWith(start))
  return index < 0 ? undefined : list.splice(index, 1)[0]
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

function write(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, text, isSessionChange } = answer
  const etag = `W/"${createHash('sha1').update(text).digest('hex')}"`
  const isKnown =
    status === 200 && request.method === 'GET' && request.headers['if-none-match'] === etag
  response.writeHead(isKnown ? 304 : status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...(request.method === 'GET' && status === 200 ? { etag } : {}),
    ...(isSessionChange ? { 'x-mizan-session': 'changed' } : {}),
  })
  response.end(isKnown ? undefined : text)
}
