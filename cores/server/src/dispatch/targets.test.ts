import type { Artifact, ArtifactFunction } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { defineContext } from '../context.ts'
import type { Entry } from '../registry.ts'
import { targetsOf } from './targets.ts'

const integer = { type: 'integer' } as const
const param = (name: string, schema: object = integer) => ({
  name,
  key: name,
  schema,
  required: true,
})
const artifact: Artifact = {
  version: 1,
  digest: '',
  $defs: {},
  functions: Object.fromEntries(
    ['user', 'team'].map((context) => [
      context,
      { key: context, source: 'x', params: [], result: {}, context },
    ]),
  ),
  contexts: {
    user: { functions: [], params: [param('page'), param('user_id')] },
    team: { functions: [], params: [param('key', { anyOf: [{ type: 'string' }, integer] })] },
    global: { functions: [], params: [] },
  },
}
const principal = { id: '7', staff: false, superuser: false }

function targets(
  affects: ArtifactFunction['affects'],
  wire: object,
  emitted: Parameters<typeof targetsOf>[0]['emitted'] = [],
  writes: readonly string[] = [],
) {
  const facts: ArtifactFunction = {
    key: 'x',
    source: 'x',
    params: [],
    result: {},
    affects: affects ?? [],
  }
  const entry = { name: 'x', facts } as unknown as Entry
  return targetsOf(
    {
      entry,
      wire: wire as Record<string, unknown>,
      emitted,
      principal,
      writes: new Set<string>(writes),
    },
    artifact,
  )
}

test('an argument with the name of a param scopes the target (tier 1)', () => {
  expect(targets([{ context: 'user' }], { user_id: 5, name: 'x' })).toEqual([
    { context: 'user', params: { user_id: 5 } },
  ])
  expect(targets([{ context: 'user', function: 'user_profile' }], { page: 2, user_id: 5 })).toEqual(
    [{ context: 'user', function: 'user_profile', params: { page: 2, user_id: 5 } }],
  )
})

test('without such an argument the target is broad (tier 3)', () => {
  expect(targets([{ context: 'user' }, { context: 'global' }], { name: 'x' })).toEqual([
    { context: 'user' },
    { context: 'global' },
  ])
})

test("own reaches the caller's instances, but never narrows what an argument said (tier 2)", () => {
  expect(targets([{ context: 'user', own: true }], {})).toEqual([
    { context: 'user', params: { user_id: '7' } },
  ])
  expect(targets([{ context: 'user', own: true }], { user_id: 5 })).toEqual([
    { context: 'user', params: { user_id: 5 } },
  ])
  expect(targets([{ context: 'global', own: true }], {})).toEqual([{ context: 'global' }])
})

test('what the function named itself comes first, and its context is not scoped again (tier 0)', () => {
  expect(
    targets([{ context: 'user' }], { user_id: 5 }, [{ context: 'user', params: { user_id: 6 } }]),
  ).toEqual([{ context: 'user', params: { user_id: 6 } }])
})

test('a write that cannot be placed reaches every context', () => {
  expect(targets([{ context: 'user' }], { user_id: 5 }, [], ['tasks', '*'])).toEqual([
    { context: 'team' },
    { context: 'user' },
  ])
})

test('a param that the context does not declare narrows nothing', () => {
  expect(targets([], {}, [{ context: 'user', params: { colour: 'red' } }])).toEqual([
    { context: 'user' },
  ])
  expect(targets([], {}, [{ context: 'user', params: { colour: 'red', user_id: 5 } }])).toEqual([
    { context: 'user', params: { user_id: 5 } },
  ])
})

test('a param of several JSON kinds travels as its one text', () => {
  expect(targets([{ context: 'team' }], { key: '5' })).toEqual([
    { context: 'team', params: { key: '"5"' } },
  ])
  expect(targets([{ context: 'team' }], { key: 5 })).toEqual([
    { context: 'team', params: { key: '5' } },
  ])
})

test('own that the function names itself reaches the instances of the caller', () => {
  expect(targets([], {}, [defineContext('user').own])).toEqual([
    { context: 'user', params: { user_id: '7' } },
  ])
})

test('own never narrows an argument that has no text', () => {
  expect(targets([{ context: 'user', own: true }], { user_id: '\ud800' })).toEqual([
    { context: 'user' },
  ])
})
