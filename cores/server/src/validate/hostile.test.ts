/** Input made to hurt: each answer is an issue with a bound on its time and size, and no prototype changes. */

import { processorTime, shortest } from '@mizan/testing/resources'
import type { JsonSchema } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { createArgumentsCodec } from './arguments-codec.ts'
import { createCodec, maximumIssues } from './codec.ts'

const record: JsonSchema = { type: 'object', additionalProperties: { type: 'integer' } }
const either: JsonSchema = {
  anyOf: [
    { type: 'object', properties: { a: { type: 'integer' } } },
    {
      type: 'object',
      properties: { a: { type: 'integer' }, b: { $ref: '#/$defs/Either' } },
      required: ['b'],
    },
  ],
}
const $defs = { Either: either }

test('a million keys of the wrong type are 20 issues', async () => {
  const json = Object.fromEntries(
    Array.from({ length: 1_000_000 }, (_, index) => [`k${index}`, 'x']),
  )
  const cost = (): Promise<number> =>
    processorTime(() => {
      for (const unknownProperties of ['drop', 'refuse'] as const) {
        const decoded = createCodec(record, {}, { unknownProperties }).decode(json)
        expect(decoded.ok ? 0 : decoded.issues.length).toBe(maximumIssues)
      }
      const args = createArgumentsCodec([], {}, { unknownArguments: 'refuse' }).decode(json)
      expect(args.ok ? 0 : args.issues.length).toBe(maximumIssues)
    })
  expect(await shortest(cost, { under: 5_000 })).toBeLessThan(5_000)
})

test('a hundred thousand levels are refused, declared or not', () => {
  let json: unknown = {}
  for (let depth = 0; depth < 100_000; depth++) json = depth % 2 === 0 ? [json] : { b: json }
  for (const schema of [{}, either, { allOf: [either, {}] }, { uniqueItems: true }]) {
    expect(createCodec(schema, $defs, { unknownProperties: 'refuse' }).decode(json).ok).toBe(false)
  }
})

test('names of prototypes are values like others, or refused', () => {
  const hostile: unknown = JSON.parse(
    '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":1}',
  )
  const schema: JsonSchema = {
    type: 'object',
    properties: { a: {}, ['__proto__']: { type: 'object', properties: { polluted: {} } } },
    patternProperties: { '^con': {} },
  }
  for (const one of [schema, { allOf: [schema, record] }, either, {}, { uniqueItems: true }])
    createCodec(one, $defs).decode(hostile)
  const decoded = createCodec(
    { type: 'object', patternProperties: { '^con': {} } },
    {},
    { unknownProperties: 'refuse' },
  ).decode(hostile)
  expect(decoded.ok ? [] : decoded.issues.map(({ path }) => path)).toEqual(['__proto__', 'a'])
  expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('polluted')
})

test('of a union the member that loses least is taken, at every level', () => {
  let json: Record<string, unknown> = { a: 0 }
  for (let depth = 1; depth < 40; depth++) json = { a: depth, b: json }
  expect(createCodec(either, $defs).decode(json)).toEqual({ ok: true, value: json })
  const decoded = createCodec(either, $defs, { unknownProperties: 'refuse' }).decode({
    a: 1,
    b: { a: 2, c: 3 },
  })
  expect(decoded.ok ? [] : decoded.issues).toEqual([
    { path: 'b.c', message: 'is not declared', expected: 'no such property' },
  ])
})

test('unique items that have no canonical text are refused, not thrown', () => {
  const schema: JsonSchema = {
    type: 'array',
    uniqueItems: true,
    items: { type: 'object', properties: {} },
  }
  expect(createCodec(schema, {}).decode([{ a: '\ud800' }, { b: '\ud800' }]).ok).toBe(false)
})

test('a wrong value of a megabyte is cut short in its message', () => {
  const decoded = createCodec({ type: 'integer' }, {}).decode('x'.repeat(1_000_000))
  expect(decoded.ok ? '' : decoded.issues[0]?.message.length).toBeLessThan(100)
})
