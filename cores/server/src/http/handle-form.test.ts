import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { identity } from '../../test/people.ts'
import { type Received, send, silentLogger } from '../../test/send.ts'
import {
  type App,
  type AppOptions,
  client,
  collect,
  createApp,
  defineError,
  getFormState,
  getFormToken,
  view,
} from '../index.ts'
import { functionsOf } from '../../test/typed.ts'
import { uploadPrefix } from './abandoned-uploads.ts'

const Taken = defineError('TAKEN', { status: 409, message: 'this name is taken' })
const seen: unknown[] = []

const createTask = client(
  { name: 'create_task', upload: { maxBytes: 200_000, maxFiles: 2, types: ['text/*'] } },
  (
    title: string,
    count: number,
    done: boolean,
    due: Date | null,
    tags: string[],
    lines: unknown[],
    files: File[],
  ) => {
    if (files.length === 0) seen.push([title, count, done, due, tags, lines])
    if (title === 'taken') throw new Taken()
  },
)
const readFile = client({ name: 'read_file', upload: {} }, async ({ file }: { file: File }) => [
  file.name,
  file.type,
  file.size,
  (await file.text()).length,
])
const page = client(
  { name: 'page', route: '/tasks/new/', methods: ['GET'] },
  function page(): Response {
    const state = getFormState('create_task')
    const shown = state && {
      code: state.code,
      message: state.message,
      title: state.value('title'),
      password: state.value('password'),
      count: state.error('count'),
      nested: state.error('lines[0][n]'),
    }
    return view(JSON.stringify({ token: getFormToken(), state: shown }))
  },
)

const taskParams = {
  title: { type: 'string', minLength: 1 },
  count: { type: 'integer' },
  done: { type: 'boolean' },
  due: { anyOf: [{ type: 'string', format: 'date-time', 'x-mizan': 'date' }, { type: 'null' }] },
  tags: { type: 'array', items: { type: 'string' } },
  lines: {
    type: 'array',
    items: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] },
  },
  files: { type: 'array', items: { type: 'string', format: 'binary', 'x-mizan': 'file' } },
} as const
const fileParams = { file: { type: 'string', format: 'binary', 'x-mizan': 'file' } } as const

function appOf(options: Partial<AppOptions> = {}): App {
  const functions = functionsOf(collect(createTask, readFile, page), {
    create_task: taskParams,
    read_file: fileParams,
  })
  return createApp({ functions, identity, logger: silentLogger(), ...options })
}

const browser = {
  accept: 'text/html,application/xhtml+xml',
  'content-type': 'application/x-www-form-urlencoded',
  host: 'app.test',
  referer: 'http://app.test/tasks/new/?from=menu',
  'sec-fetch-site': 'same-origin',
}

/** Opens the page, and gives what a browser then has. */
async function open(
  app: App,
  cookie = '',
): Promise<{ token: string; cookie: string; state: unknown }> {
  const answer = await send(app, '/tasks/new/', { headers: cookie === '' ? {} : { cookie } })
  const { token, state } = JSON.parse(answer.text) as { token: string; state: unknown }
  const [kept = cookie] = answer.cookies.map((line) => line.split(';')[0] ?? '')
  return { token, cookie: kept, state }
}

async function submit(
  app: App,
  fields: string,
  headers: Record<string, string> = {},
): Promise<Received> {
  const { token, cookie } = await open(app)
  return send(app, '/api/mizan/call/create_task/', {
    raw: `csrf=${token}&${fields}`,
    headers: { ...browser, cookie, ...headers },
  })
}

const fine = 'title=Buy&count=5&done=on&due=2026-01-02&tags=a&tags=b&lines[0][n]=1.5&lines.1.n=2'

test('fields become what the types ask for, and a success goes back to the page', async () => {
  await using app = appOf()
  seen.length = 0
  const answer = await submit(app, fine)
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/tasks/new/?from=menu'])
  expect(answer.headers.get('cache-control')).toBe('no-store')
  expect(seen).toEqual([
    ['Buy', 5, true, new Date('2026-01-02T00:00:00Z'), ['a', 'b'], [{ n: 1.5 }, { n: 2 }]],
  ])
})

test('a box that is not ticked is a no, an empty list and an empty date are none', async () => {
  await using app = appOf()
  seen.length = 0
  await submit(app, 'title=Buy&count=5&due=')
  expect(seen).toEqual([['Buy', 5, false, null, [], []]])
})

test.each([
  ['/tasks/5/?x=1', '/tasks/5/?x=1'],
  ['//evil.test/', '/tasks/new/?from=menu'],
  ['/\\evil.test/', '/tasks/new/?from=menu'],
  ['https://evil.test/', '/tasks/new/?from=menu'],
  ['/a\r\nset-cookie:x', '/tasks/new/?from=menu'],
])('next=%j leads to %s', async (next, location) => {
  await using app = appOf()
  const answer = await submit(app, `${fine}&next=${encodeURIComponent(next)}`)
  expect(answer.headers.get('location')).toBe(location)
})

test('what is wrong comes back once, with what was typed and without the password', async () => {
  await using app = appOf()
  const answer = await submit(app, 'title=Buy&count=five&password=hunter2&lines[0][n]=x')
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/tasks/new/?from=menu'])
  const [line = ''] = answer.cookies
  expect(line).toMatch(/HttpOnly; SameSite=Lax/)
  expect(line).not.toContain('hunter2')
  const [cookie = ''] = line.split(';')
  const again = await open(app, cookie)
  expect(again.state).toEqual({
    code: 'VALIDATION_FAILED',
    message: expect.stringContaining('count'),
    title: 'Buy',
    password: '',
    count: expect.stringContaining('integer'),
    nested: expect.stringContaining('number'),
  })
  const cleared = await send(app, '/tasks/new/', { headers: { cookie } })
  expect(cleared.cookies.some((text) => /^mizan-form-state=;.*Max-Age=0/.test(text))).toBe(true)
})

test('an error of the application comes back as well', async () => {
  await using app = appOf()
  const answer = await submit(app, fine.replace('Buy', 'taken'))
  const { state } = await open(app, answer.cookies[0]?.split(';')[0])
  expect(state).toMatchObject({ code: 'TAKEN', message: 'this name is taken', title: 'taken' })
})

test.each<[string, Record<string, string>]>([
  ['another site', { referer: 'https://evil.test/tasks/new/' }],
  ['no page', { referer: '' }],
])('errors of a form from %s are a page of their own', async (_, headers) => {
  await using app = appOf()
  const answer = await submit(app, 'title=<b>&count=<script>', headers)
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    422,
    'text/html; charset=utf-8',
  ])
  expect(answer.text).not.toContain('<script>')
  expect(answer.text).toContain('&lt;script&gt;')
})

test('who wants no page gets JSON', async () => {
  await using app = appOf()
  const answer = await submit(app, fine, { accept: '*/*' })
  expect(answer.json).toEqual({ result: null })
  const wrong = await submit(app, 'title=Buy&count=five', { accept: 'application/json' })
  expect([wrong.status, wrong.json]).toMatchObject([422, { error: { code: 'VALIDATION_FAILED' } }])
})

test.each([
  ['no token', 'title=x'],
  ['a wrong token', 'csrf=x&title=x'],
  ['two tokens', 'csrf=x&csrf=y'],
])('a form of a browser with %s is refused, and nothing comes back to it', async (_, raw) => {
  await using app = appOf()
  const { cookie } = await open(app)
  const headers = { ...browser, cookie }
  const answer = await send(app, '/api/mizan/call/create_task/', { raw, headers })
  expect([answer.status, answer.cookies]).toEqual([403, []])
})

test('a state that somebody else has made is none', async () => {
  await using app = appOf()
  for (const cookie of ['mizan-form-state=x', `mizan-form-state=${'A'.repeat(200)}`])
    expect((await open(app, cookie)).state).toBeUndefined()
})

test('validate/ takes a form too, and schema/ says what it may hold', async () => {
  await using app = appOf()
  seen.length = 0
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const fineAnswer = await send(app, '/api/mizan/validate/create_task/', { raw: fine, headers })
  expect([fineAnswer.status, seen]).toEqual([200, []])
  const wrong = await send(app, '/api/mizan/validate/create_task/', { raw: 'count=x', headers })
  expect(wrong.status).toBe(422)
  const schema = await send(app, '/api/mizan/schema/create_task/')
  expect(schema.json).toMatchObject({ type: 'object', properties: { count: { type: 'integer' } } })
  expect((await send(app, '/api/mizan/schema/nobody/')).status).toBe(404)
})

test.each(['__proto__', 'constructor', 'toString'])(
  'a field named %s is nothing special',
  async (name) => {
    await using app = appOf()
    const answer = await submit(
      app,
      `${fine}&${name}=x&${name}[polluted]=1&lines[0][${name}][polluted]=1`,
    )
    expect(answer.status).toBe(303)
    expect('polluted' in {}).toBe(false)
  },
)

test.each([
  ['too many fields', `${'a=1&'.repeat(2_000)}${fine}`],
  ['a name that is nested too deep', `${fine}&a${'[b]'.repeat(1_000)}=1`],
])('%s are refused', async (_, fields) => {
  await using app = appOf({ limits: { keys: 1_000 } })
  expect((await submit(app, fields, { accept: '*/*' })).status).toBe(400)
})

/** A multipart body as a client makes it. */
async function multipart(
  parts: readonly (readonly [string, string | File])[],
): Promise<{ raw: Uint8Array; headers: Record<string, string> }> {
  const form = new FormData()
  for (const [name, value] of parts) form.append(name, value)
  const body = new Response(form)
  return {
    raw: new Uint8Array(await body.arrayBuffer()),
    headers: { 'content-type': body.headers.get('content-type') ?? '' },
  }
}

async function leftOvers(): Promise<string[]> {
  return (await readdir(tmpdir())).filter((name) => name.startsWith(uploadPrefix))
}

test.each([0, 10, 65_536, 70_000, 3_000_000])(
  'a file of %d bytes arrives where null stood, and leaves nothing behind',
  async (size) => {
    await using app = appOf()
    const before = await leftOvers()
    const file = new File(['x'.repeat(size)], '../a/é.txt', { type: 'text/plain' })
    const answer = await send(
      app,
      '/api/mizan/call/read_file/',
      await multipart([
        ['args', '{"file":null}'],
        ['/file', file],
      ]),
    )
    expect(answer.json).toEqual({ result: ['é.txt', 'text/plain', size, size] })
    await expect.poll(leftOvers).toEqual(before)
  },
)

test.each<[string, readonly (readonly [string, string | File])[], number]>([
  [
    'without a place',
    [
      ['args', '{}'],
      ['/file', new File(['x'], 'x')],
    ],
    400,
  ],
  [
    'where something else stands',
    [
      ['args', '{"file":1}'],
      ['/file', new File(['x'], 'x')],
    ],
    400,
  ],
  [
    'twice in one place',
    [
      ['args', '{"file":null}'],
      ['/file', new File(['x'], 'x')],
      ['/file', new File(['x'], 'x')],
    ],
    400,
  ],
  [
    'in a prototype',
    [
      ['args', '{"file":null}'],
      ['/__proto__/file', new File(['x'], 'x')],
    ],
    400,
  ],
  [
    'with two args',
    [
      ['args', '{"file":null}'],
      ['args', '{}'],
    ],
    400,
  ],
  ['with args that are no JSON', [['args', '{']], 400],
  ['with args that are a file', [['args', new File(['{}'], 'x')]], 400],
  [
    'above the limit of the app',
    [
      ['args', '{"file":null}'],
      ['/file', new File(['x'.repeat(11e6)], 'x')],
    ],
    413,
  ],
])('a file %s is refused', async (_, parts, status) => {
  await using app = appOf()
  const before = await leftOvers()
  const answer = await send(app, '/api/mizan/call/read_file/', await multipart(parts))
  expect([answer.status, answer.json]).toMatchObject([
    status,
    { error: { code: expect.any(String) } },
  ])
  await expect.poll(leftOvers).toEqual(before)
})

test.each<[string, File[], number]>([
  ['too large', [new File(['x'.repeat(300_000)], 'x', { type: 'text/plain' })], 413],
  ['of another type', [new File(['x'], 'x', { type: 'image/png' })], 415],
  ['too many', Array.from({ length: 3 }, () => new File(['x'], 'x', { type: 'text/plain' })), 413],
])('what is %s for the function is refused', async (_, files, status) => {
  await using app = appOf()
  const parts = files.map((file, index) => [`/files/${index}`, file] as const)
  const args = JSON.stringify({ files: files.map(() => null) })
  const answer = await send(
    app,
    '/api/mizan/call/create_task/',
    await multipart([['args', args], ...parts]),
  )
  expect(answer.status).toBe(status)
})

test.each<[string, string, string]>([
  ['no boundary', 'multipart/form-data', 'x'],
  ['another boundary', 'multipart/form-data; boundary=y', '--x\r\n\r\n\r\n--x--'],
  [
    'a body that is cut short',
    'multipart/form-data; boundary=x',
    '--x\r\nContent-Disposition: form-data; name="args"\r\n\r\n{',
  ],
  ['no body', 'multipart/form-data; boundary=x', ''],
  ['headers without end', 'multipart/form-data; boundary=x', `--x\r\n${'A: b\r\n'.repeat(50_000)}`],
])('multipart with %s is BAD_REQUEST', async (_, type, raw) => {
  await using app = appOf()
  const answer = await send(app, '/api/mizan/call/read_file/', {
    raw,
    headers: { 'content-type': type },
  })
  expect([answer.status, answer.text]).toEqual([400, expect.stringContaining('BAD_REQUEST')])
})
