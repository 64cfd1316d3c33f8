import { expect, test } from 'vitest'
import { cacheMessage } from './cache-message.ts'
import vectors from './vectors/cache-keys.json' with { type: 'json' }

test.each(vectors.cases)(
  'the message for $context $params rev $rev is $message',
  ({ message, ...identity }) => {
    const params = Object.fromEntries(Object.entries(identity.params)) as Record<string, string>
    const user =
      'user' in identity && typeof identity.user === 'string' ? { user: identity.user } : {}
    expect(cacheMessage({ context: identity.context, params, rev: identity.rev, ...user })).toBe(
      message,
    )
  },
)

test('an anonymous private entry says null, and other facts of the principal stand under k', () => {
  expect(
    cacheMessage({ context: 'user', params: {}, rev: 0, user: null, principalKey: 'ab' }),
  ).toBe('{"c":"user","k":"ab","p":{},"r":0,"u":null}')
})
