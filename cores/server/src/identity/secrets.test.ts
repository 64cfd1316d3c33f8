import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { client, collect, createApp } from '../index.ts'
import type { CacheOptions } from '../cache/index.ts'
import type { IdentityOptions } from './identity-options.ts'

const [first, second, third, fourth] = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(32))
const ping = client(function ping(): void {})

function boot(identity: Partial<IdentityOptions>, cache?: CacheOptions): () => unknown {
  return () =>
    createApp({
      functions: collect(ping),
      identity: { secret: first ?? '', resolve: async () => null, ...identity },
      ...(cache === undefined ? {} : { cache }),
    })
}

function jwt(secret = ''): Pick<IdentityOptions, 'jwt'> {
  return { jwt: { keys: [{ kid: 'a', secret }] } }
}

function mwt(secret = ''): Pick<IdentityOptions, 'mwt'> {
  return { mwt: { keys: [{ kid: 'a', secret }] } }
}

test('four secrets that differ are one app', () => {
  expect(boot({ ...jwt(second), ...mwt(third) }, { secret: fourth ?? '' })).not.toThrow()
})

test('equal secrets stop the boot, and both are named', () => {
  const jwtName = 'identity.jwt.keys[0].secret'
  const mwtName = 'identity.mwt.keys[0].secret'
  const cases = [
    [boot(jwt(first)), 'identity.secret', jwtName],
    [boot(mwt(first)), 'identity.secret', mwtName],
    [boot({ ...jwt(second), ...mwt(second) }), jwtName, mwtName],
    [boot({}, { secret: first ?? '' }), 'identity.secret', 'cache.secret'],
    [boot(jwt(second), { secret: second ?? '' }), jwtName, 'cache.secret'],
    [boot(mwt(second), { secret: second ?? '' }), mwtName, 'cache.secret'],
  ] as const
  for (const [start, one, other] of cases) {
    expect(start).toThrow(
      `createApp: ${one} and ${other} must differ, so that one leak is one leak`,
    )
  }
})

test('secrets under 32 bytes stop the boot', () => {
  for (const [start, name] of [
    [boot({ secret: 'short' }), 'identity.secret'],
    [boot(jwt('short')), 'identity.jwt.keys[0].secret'],
    [boot(mwt('short')), 'identity.mwt.keys[0].secret'],
    [boot({}, { secret: 'short' }), 'cache.secret'],
  ] as const) {
    expect(start).toThrow(`${name} must have at least 32 bytes`)
  }
})

test('one key pair for JWTs and MWTs stops the boot: the edge holds half of it', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const retired = { kid: 'old', algorithm: 'EdDSA', publicKey } as const
  const keys = [{ kid: 'a', algorithm: 'EdDSA', privateKey }] as const
  expect(boot({ jwt: { keys }, mwt: { keys } })).toThrow(/must differ/)
  const other = [{ kid: 'b', secret: second ?? '' }, retired]
  expect(boot({ jwt: { keys }, mwt: { keys: other } })).toThrow(
    'createApp: identity.jwt.keys "a" and identity.mwt.keys "old" must differ, so that one leak is one leak',
  )
})

test('a store that cannot do what the options need stops the boot', () => {
  const bare = { create: async () => {}, get: async () => undefined, delete: async () => {} }
  expect(boot({ ...jwt(second), sessions: bare })).toThrow(
    'identity.jwt needs a session store with rotate()',
  )
  expect(boot({ cookie: { idle: 60 }, sessions: bare })).toThrow(
    'identity.cookie.idle needs a session store with touch()',
  )
  expect(boot({ sessions: bare })).not.toThrow()
})

test('a lifetime is a whole number of seconds', () => {
  const [keys] = [[{ kid: 'a', secret: second ?? '' }]]
  for (const value of [0, -1, 1.5, Number.NaN, '60' as never]) {
    expect(boot({ jwt: { keys, accessLifetime: value } })).toThrow(/accessLifetime must be a whole/)
    expect(boot({ cookie: { maxAge: value } })).toThrow(/cookie.maxAge must be a whole/)
  }
})
