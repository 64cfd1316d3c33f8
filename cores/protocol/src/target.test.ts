import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  formatInvalidate,
  fromTargetBody,
  maximumHeaderBytes,
  parseInvalidate,
  reaches,
  toTargetBody,
} from './target.ts'

test('broad, scoped and function targets have the forms of PROTOCOL section 5', () => {
  const header = formatInvalidate([
    { context: 'notifications' },
    { context: 'user', params: { user_id: 5 } },
    { context: 'user', function: 'user_profile', params: { user_id: 5, q: 'a b;,=%\r\n' } },
  ])
  expect(header).toBe(
    'notifications, user;user_id=5, user.user_profile;q=a%20b%3B%2C%3D%25%0D%0A;user_id=5',
  )
  expect(parseInvalidate(header)).toEqual([
    { context: 'notifications' },
    { context: 'user', params: { user_id: '5' } },
    { context: 'user', function: 'user_profile', params: { q: 'a b;,=%\r\n', user_id: '5' } },
  ])
})

test('equal targets are named once', () => {
  expect(formatInvalidate([{ context: 'user' }, { context: 'user' }])).toBe('user')
})

test('over 2 kB the header falls back to broad targets', () => {
  const targets = Array.from({ length: 300 }, (_, index) => ({
    context: index % 2 ? 'user' : 'team',
    params: { id: `some-long-id-${index}` },
  }))
  expect(formatInvalidate(targets)).toBe('team, user')
  expect(formatInvalidate(targets.slice(0, 3)).length).toBeLessThanOrEqual(maximumHeaderBytes)
})

test.each([
  'user;',
  'user;=5',
  'user;a=1;a=2',
  'User',
  'user.profile.name',
  'user;a=%zz',
  '__proto__',
  ',',
  'user;a',
])('"%s" is not of the grammar', (text) => {
  expect(() => parseInvalidate(text)).toThrow(expect.objectContaining({ code: 'BAD_REQUEST' }))
})

test('any params survive the header', () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,8}$/)
  const target = fc.record({
    context: name,
    params: fc.dictionary(name, fc.string({ unit: 'grapheme' }), { minKeys: 1, maxKeys: 3 }),
  })
  fc.assert(
    fc.property(target, ({ context, params }) => {
      const plain = { context, params: { ...params } }
      expect(parseInvalidate(formatInvalidate([plain]))).toEqual([plain])
    }),
  )
})

test('a scoped target reaches instances with further params, and those that leave the param absent', () => {
  const target = { context: 'user', params: { user_id: 5 } }
  expect(reaches(target, { user_id: '5' })).toBe(true)
  expect(reaches(target, { user_id: '5', page: '2' })).toBe(true)
  expect(reaches(target, {})).toBe(true)
  expect(reaches(target, { user_id: '6' })).toBe(false)
  expect(reaches({ context: 'user' }, { user_id: '6' })).toBe(true)
})

test('in a body a broad target is its name', () => {
  expect(toTargetBody({ context: 'user' })).toBe('user')
  expect(toTargetBody({ context: 'user', params: { user_id: 5 } })).toEqual({
    context: 'user',
    params: { user_id: 5 },
  })
  expect(fromTargetBody('user')).toEqual({ context: 'user' })
  expect(fromTargetBody({ context: 'user', function: 'x', params: null })).toEqual({
    context: 'user',
    function: 'x',
  })
  expect(fromTargetBody(5)).toBeUndefined()
})
