import type { ArtifactParam, JsonSchema } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { createArgumentsCodec } from './arguments-codec.ts'

const param = (name: string, schema: JsonSchema, required = true): ArtifactParam => ({
  name,
  key: name,
  schema,
  required,
})

const codec = createArgumentsCodec(
  [
    param('user_id', { type: 'integer' }),
    param('since', { type: 'string', format: 'date-time', 'x-mizan': 'date' }, false),
    param(
      'filter',
      { type: 'object', properties: { tags: { type: 'array', items: { type: 'string' } } } },
      false,
    ),
  ],
  {},
)

test('arguments become a list in the order of the declaration, undefined where absent', () => {
  expect(codec.decode({ filter: { tags: ['a'] }, user_id: 5 })).toEqual({
    ok: true,
    value: [5, undefined, { tags: ['a'] }],
  })
  expect(codec.decode({ user_id: 5, since: '2020-01-01T00:00:00Z', other: 1 })).toEqual({
    ok: true,
    value: [5, new Date('2020-01-01T00:00:00Z'), undefined],
  })
})

test('paths begin with the wire name of the argument', () => {
  expect(codec.decode({ user_id: 'five', filter: { tags: ['a', 5] } })).toEqual({
    ok: false,
    issues: [
      { path: 'user_id', message: 'must be an integer, got "five"', expected: 'integer' },
      { path: 'filter.tags.1', message: 'must be a string, got 5', expected: 'string' },
    ],
  })
})

test('a missing required argument is an issue, null is not absent', () => {
  expect(codec.decode({})).toEqual({
    ok: false,
    issues: [{ path: 'user_id', message: 'is required', expected: 'integer' }],
  })
  expect(codec.decode({ user_id: 5, since: null })).toMatchObject({
    ok: false,
    issues: [{ path: 'since' }],
  })
})

test('an argument that may be undefined may be absent', () => {
  const $defs: Record<string, JsonSchema> = {
    Maybe: { anyOf: [{ type: 'string' }, { type: 'null', 'x-mizan': 'void' }] },
  }
  const maybe = createArgumentsCodec([param('name', { $ref: '#/$defs/Maybe' })], $defs)
  expect(maybe.decode({})).toEqual({ ok: true, value: [undefined] })
  expect(maybe.decode({ name: null })).toEqual({ ok: true, value: [undefined] })
})

test('an argument named like a member of Object.prototype is read from the arguments only', () => {
  const odd = createArgumentsCodec(
    [param('constructor', {}, false), param('__proto__', {}, false)],
    {},
  )
  expect(odd.decode({})).toEqual({ ok: true, value: [undefined, undefined] })
})

test('unknown arguments and properties are dropped, or refused with their path', () => {
  const params = [
    param('user_id', { type: 'integer' }),
    param('filter', {
      type: 'object',
      properties: {
        tags: { type: 'array', items: { type: 'object', properties: { id: { type: 'integer' } } } },
      },
    }),
  ]
  const args = { user_id: 1, role: 'admin', filter: { tags: [{ id: 1 }, { id: 2, x: 1 }], y: 2 } }
  expect(createArgumentsCodec(params, {}).decode(args)).toEqual({
    ok: true,
    value: [1, { tags: [{ id: 1 }, { id: 2 }] }],
  })
  const decoded = createArgumentsCodec(
    params,
    {},
    { unknownArguments: 'refuse', unknownProperties: 'refuse' },
  ).decode(args)
  expect(decoded).toEqual({
    ok: false,
    issues: [
      { path: 'filter.tags.1.x', message: 'is not declared', expected: 'no such property' },
      { path: 'filter.y', message: 'is not declared', expected: 'no such property' },
      { path: 'role', message: 'is not declared', expected: 'no such argument' },
    ],
  })
})

test('a value whose name says that it is a secret is never repeated', () => {
  const text: JsonSchema = { type: 'string', minLength: 12 }
  const secrets = createArgumentsCodec(
    [
      param('password', text),
      param('login', { type: 'object', properties: { apiKey: { type: 'integer' }, nick: text } }),
    ],
    {},
  )
  const decoded = secrets.decode({ password: 'hunter2', login: { apiKey: 'k-123', nick: 'bob' } })
  expect(decoded.ok ? [] : decoded.issues.map(({ path, message }) => `${path} ${message}`)).toEqual(
    [
      'password must have at least 12 characters',
      'login.apiKey must be an integer',
      'login.nick must have at least 12 characters, got "bob"',
    ],
  )
})
