import { reaches, type Target } from '@mizan/protocol'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { tagsOfInstance, tagsOfTargets, widenTag } from './tags.ts'

test('an instance depends on its context, and on each scopable param or its absence', () => {
  expect(tagsOfInstance('user', { user_id: '5', q: 'x' }, ['user_id'])).toEqual([
    'user',
    'user;user_id=5',
  ])
  expect(tagsOfInstance('user', {}, ['user_id'])).toEqual(['user', 'user;user_id'])
  expect(tagsOfInstance('global', {}, [])).toEqual(['global'])
})

test('a scoped target changes its first param by name, and that param absent', () => {
  expect(tagsOfTargets([{ context: 'user' }])).toEqual(['user'])
  expect(tagsOfTargets([{ context: 'user', params: { user_id: 5 } }])).toEqual([
    'user;user_id=5',
    'user;user_id',
  ])
  expect(
    tagsOfTargets([{ context: 'user', params: { user_id: 5, org_id: 'a', none: undefined } }]),
  ).toEqual(['user;org_id=a', 'user;org_id'])
  expect(tagsOfTargets([{ context: 'user', function: 'user_profile', params: {} }])).toEqual([
    'user',
  ])
})

test('values are texts, percent-encoded as in the header', () => {
  expect(tagsOfInstance('search', { q: 'a b;c=d,é' }, ['q'])).toEqual([
    'search',
    'search;q=a%20b%3Bc%3Dd%2C%C3%A9',
  ])
  expect(tagsOfTargets([{ context: 'c', params: { p: { b: 1, a: [true] } } }])[0]).toBe(
    tagsOfInstance('c', { p: '{"a":[true],"b":1}' }, ['p'])[1],
  )
})

test('a target shares a tag with every instance that it reaches', () => {
  const params = fc.dictionary(
    fc.constantFrom('a', 'b', 'c'),
    fc.oneof(fc.constantFrom('1', '2', ';a=1'), fc.string()),
  )
  const long = fc.constantFrom('x'.repeat(3000), 'y'.repeat(3000))
  const instance = fc.oneof(params, fc.record({ a: long }))
  fc.assert(
    fc.property(instance, fc.oneof(params, fc.record({ a: long })), (own, given) => {
      const target: Target = { context: 'user', params: given }
      const tags = new Set(tagsOfInstance('user', own, ['a', 'b', 'c']))
      const meets = tagsOfTargets([target]).some((tag) => tags.has(tag))
      expect(meets || !reaches(target, own)).toBe(true)
    }),
  )
})

test('a data tag widens to its table, every other tag stays', () => {
  expect(widenTag('db:tasks:project_id=5')).toBe('db:tasks')
  expect(widenTag('db:tasks:*')).toBe('db:tasks')
  expect(widenTag('db:tasks')).toBe('db:tasks')
  expect(widenTag('user;user_id=5')).toBe('user;user_id=5')
})
