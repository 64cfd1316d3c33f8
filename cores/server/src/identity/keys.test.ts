import { generateKeyPairSync } from 'node:crypto'
import { exportJWK } from 'jose'
import { describe, expect, test } from 'vitest'
import { loadKeys, type TokenKey } from './keys.ts'
import { toJwks } from './jwks.ts'

const secret = 'a-secret-of-this-test-with-32-bytes!'
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = {
  ec: ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  ecPublic: ec.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  ed: ed.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  rsa: rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
}

const refused: readonly (readonly [string, readonly unknown[], RegExp])[] = [
  ['no key at all', [], /^keys needs at least one key$/],
  ['a short secret', [{ kid: 'a', secret: 'short' }], /^keys\[0\]\.secret must have at least 32/],
  [
    'one kid twice',
    [
      { kid: 'a', secret },
      { kid: 'a', secret: `${secret}2` },
    ],
    /^keys: two keys have one kid/,
  ],
  ['no kid', [{ kid: '', secret }], /^keys\[0\]\.kid must be 1 to 64/],
  ['a kid with a line break', [{ kid: 'a\n', secret }], /^keys\[0\]\.kid/],
  [
    'a first key that only checks',
    [{ kid: 'a', algorithm: 'ES256', publicKey: pem.ecPublic }],
    /^keys\[0\] signs new tokens, so it needs a secret or a privateKey$/,
  ],
  [
    'an algorithm that is none of ours',
    [{ kid: 'a', algorithm: 'none', privateKey: pem.ec }],
    /^keys\[0\]\.algorithm must be RS256, ES256 or EdDSA/,
  ],
  [
    'an algorithm that every object has',
    [{ kid: 'a', algorithm: 'constructor', privateKey: pem.ec }],
    /^keys\[0\]\.algorithm/,
  ],
  [
    'a key of another algorithm',
    [{ kid: 'a', algorithm: 'RS256', privateKey: pem.ec }],
    /^keys\[0\]: RS256 needs an RSA key of at least 2048 bits$/,
  ],
  [
    'a short RSA key',
    [
      {
        kid: 'a',
        algorithm: 'RS256',
        privateKey: generateKeyPairSync('rsa', { modulusLength: 1024 })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      },
    ],
    /at least 2048 bits$/,
  ],
  [
    'another curve',
    [
      {
        kid: 'a',
        algorithm: 'ES256',
        privateKey: generateKeyPairSync('ec', { namedCurve: 'P-384' })
          .privateKey.export({ type: 'pkcs8', format: 'pem' })
          .toString(),
      },
    ],
    /ES256 needs a key on the curve P-256$/,
  ],
  [
    'no PEM',
    [{ kid: 'a', algorithm: 'EdDSA', privateKey: 'my private key' }],
    /^keys\[0\] holds no key in PEM/,
  ],
]

test.each(refused)('%s is refused', (_name, keys, message) => {
  // cast: what a configuration file may hold
  expect(() => loadKeys(keys as readonly TokenKey[], 'keys')).toThrow(message)
})

test('a message about a key does not hold it', () => {
  const keys: TokenKey[] = [{ kid: 'a', algorithm: 'EdDSA', privateKey: 'my private key' }]
  expect(() => loadKeys(keys, 'keys')).not.toThrow(/my private key/)
})

describe('the JSON Web Key Set', () => {
  test('holds the public halves and nothing else', async () => {
    const keys: TokenKey[] = [
      { kid: 'h', secret },
      { kid: 'e', algorithm: 'ES256', privateKey: pem.ec },
      { kid: 'd', algorithm: 'EdDSA', privateKey: await exportJWK(ed.privateKey) },
      { kid: 'r', algorithm: 'RS256', privateKey: pem.rsa },
    ]
    const set = await toJwks(keys)
    expect(set.keys.map(({ kid, alg, use }) => [kid, alg, use])).toEqual([
      ['e', 'ES256', 'sig'],
      ['d', 'EdDSA', 'sig'],
      ['r', 'RS256', 'sig'],
    ])
    expect(set.keys[0]).toEqual({
      ...(await exportJWK(ec.publicKey)),
      kid: 'e',
      alg: 'ES256',
      use: 'sig',
    })
    for (const key of set.keys) {
      for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k'])
        expect(key).not.toHaveProperty(name)
    }
  })
})
