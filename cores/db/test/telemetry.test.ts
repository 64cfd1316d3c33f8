import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

interface Span {
  readonly name: string
  readonly kind: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly status: { readonly code: number; readonly message?: string }
  readonly id: string
  readonly parent?: string
}

interface Seen {
  readonly spans: Readonly<Record<string, readonly Span[]>>
  readonly metrics: readonly {
    readonly name: string
    readonly unit: string
    readonly points: readonly { readonly attributes: unknown; readonly count: number }[]
  }[]
}

const { stdout } = await promisify(execFile)(process.execPath, [
  '--conditions=@mizan/source',
  '--import',
  'tsx',
  fileURLToPath(new URL('telemetry-process.ts', import.meta.url)),
])
// cast: what the script prints
const { spans, metrics } = JSON.parse(stdout) as Seen
const named = (scene: string): string[] => (spans[scene] ?? []).map((span) => span.name)

test('a statement is a span with its text and the number of its rows', () => {
  expect(named('statements')).toEqual(['INSERT lists', 'SELECT lists'])
  expect(spans['statements']?.[1]).toMatchObject({
    kind: 2,
    attributes: {
      'db.system.name': 'sqlite',
      'db.operation.name': 'SELECT',
      'db.collection.name': 'lists',
      'db.query.text': expect.stringMatching(/^select .* from "lists" where .* = \?$/),
      'db.response.returned_rows': 1,
    },
  })
})

test('values and messages stay out of spans and measurements', () => {
  expect(stdout).not.toContain('secret')
})

test('what fails tells its code, in the span and among the durations', () => {
  const [span] = spans['failure'] ?? []
  expect(span?.status).toEqual({ code: 2, message: 'unique_violation' })
  expect(span?.attributes['error.type']).toBe('unique_violation')
  const [{ name, unit, points } = { name: '', unit: '', points: [] }] = metrics
  expect([name, unit]).toEqual(['db.client.operation.duration', 's'])
  const facts = {
    'db.system.name': 'sqlite',
    'db.operation.name': 'INSERT',
    'db.collection.name': 'lists',
  }
  expect(points).toEqual(
    expect.arrayContaining([
      { attributes: facts, count: 3 },
      { attributes: { ...facts, 'error.type': 'unique_violation' }, count: 1 },
    ]),
  )
})

test('statements stand below the transaction they are in, and that below who called', () => {
  const [first, second, transaction, caller] = spans['transaction'] ?? []
  expect(named('transaction')).toEqual(['INSERT lists', 'INSERT lists', 'transaction', 'caller'])
  expect([first?.parent, second?.parent]).toEqual([transaction?.id, transaction?.id])
  expect(transaction?.parent).toBe(caller?.id)
  expect(spans['rollback']).toMatchObject([
    { name: 'transaction', status: { code: 2 }, attributes: { 'error.type': 'RangeError' } },
  ])
})

test('SQL written by hand, several tables and streams have names too', () => {
  expect(named('names')).toEqual(['sqlite', 'SELECT', 'SELECT lists'])
  expect(spans['names']?.[2]?.attributes['db.response.returned_rows']).toBe(2)
})
