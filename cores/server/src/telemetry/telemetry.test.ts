import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { liveApp } from '../../test/live-app.ts'

interface Seen {
  readonly spans: Readonly<Record<string, readonly Readonly<Record<string, unknown>>[]>>
  readonly metrics: readonly {
    readonly name: string
    readonly unit: string
    readonly points: readonly unknown[]
  }[]
}

const script = fileURLToPath(new URL('../../test/telemetry-process.ts', import.meta.url))
const { stdout } = await promisify(execFile)(process.execPath, [
  '--conditions=@mizan/source',
  '--import',
  'tsx',
  script,
])
// cast: what the script prints
const { spans, metrics } = JSON.parse(stdout) as Seen

test('a request is a span of the trace that its client sent, and the function a span within', () => {
  const [fn, request] = spans['call'] ?? []
  expect(request).toMatchObject({
    name: 'POST /api/mizan/call/',
    kind: 1,
    trace: '0af7651916cd43dd8448eb211c80319c',
    parent: 'b7ad6b7169203331',
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/api/mizan/call/',
      'http.response.status_code': 200,
      'url.path': '/api/mizan/call/',
      'url.scheme': 'http',
      'user_agent.original': 'test',
    },
  })
  expect(fn).toMatchObject({
    name: 'echo',
    kind: 0,
    attributes: { 'rpc.system.name': 'mizan', 'rpc.method': 'echo' },
    parent: request?.['id'],
  })
})

test('what the server did wrong is an error, what the client did is none', () => {
  expect(spans['fault']).toMatchObject([
    { status: 2, attributes: { 'error.type': 'INTERNAL' }, events: ['exception'] },
    { status: 2, attributes: { 'error.type': '500' } },
  ])
  expect(spans['missing']).toMatchObject([
    { status: 0, attributes: { 'http.response.status_code': 404 } },
  ])
})

test('names of spans stay few, whatever clients send', () => {
  const requests = spans['names']?.filter(({ kind }) => kind === 1).map(({ name }) => name)
  expect(requests).toEqual(['GET /api/mizan/ctx/:context/', 'GET /api/mizan/ctx/:context/', 'HTTP'])
})

test('what runs for a socket is a span of its own', () => {
  expect(spans['socket']).toMatchObject([
    { name: 'echo', kind: 1, attributes: { 'mizan.run': 'socket' } },
    { name: 'item', kind: 0, attributes: { 'mizan.run': 'context' } },
  ])
})

test('requests and functions are measured in seconds, connections are counted', () => {
  const of = (name: string) => metrics.find((metric) => metric.name === name)
  expect(of('http.server.request.duration')).toMatchObject({
    unit: 's',
    points: expect.arrayContaining([
      {
        value: 1,
        attributes: expect.objectContaining({
          'http.response.status_code': 500,
          'error.type': '500',
        }),
      },
    ]),
  })
  expect(of('rpc.server.call.duration')).toMatchObject({
    unit: 's',
    points: expect.arrayContaining([
      {
        value: 1,
        attributes: expect.objectContaining({
          'rpc.method': 'fail',
          'rpc.status_code': 'INTERNAL',
        }),
      },
    ]),
  })
  expect(of('http.server.active_requests')?.points).toMatchObject([
    { value: 0 },
    { value: 0 },
    { value: 0 },
  ])
  expect(of('mizan.live.connections')?.points).toMatchObject([{ value: 1 }])
  expect(of('mizan.live.subscriptions')?.points).toMatchObject([{ value: 1 }])
})

test('a tracer without the api is refused, as no span would find its parent', () => {
  const tracer = { startActiveSpan: () => undefined as never }
  expect(() => liveApp({ telemetry: { tracer } })).toThrow(/needs api/)
})
