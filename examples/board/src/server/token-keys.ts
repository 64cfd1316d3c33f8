/** Keys of the tokens of reads: the server signs with one half, an edge checks with the other. */

import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import type { TokenKey } from '@mizan/server'

type PrivateKey = Extract<TokenKey, { readonly privateKey: unknown }>
type Jwk = Exclude<PrivateKey['privateKey'], string>

/** A fresh pair as JSON Web Key Sets: both halves for the server, the public one for the edge. */
export function createTokenKeys(): { readonly server: string; readonly edge: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const facts = { kid: randomBytes(6).toString('hex'), alg: 'ES256' }
  const setOf = (key: KeyObject): string =>
    JSON.stringify({ keys: [{ ...key.export({ format: 'jwk' }), ...facts }] })
  return { server: setOf(privateKey), edge: setOf(publicKey) }
}

/**
 * Reads a JSON Web Key Set of private ES256 keys, of which the first signs.
 *
 * @throws TypeError for what is none
 */
export function readTokenKeys(text: string): TokenKey[] {
  const { keys } = parse(text)
  return keys.map((privateKey) => {
    const { kid, alg } = privateKey
    if (typeof kid !== 'string' || alg !== 'ES256')
      throw new TypeError('each key of MWT_KEYS has a kid, and the alg ES256')
    return { kid, algorithm: 'ES256', privateKey }
  })
}

function parse(text: string): { readonly keys: readonly Jwk[] } {
  try {
    const value = JSON.parse(text) as { readonly keys?: unknown } // cast: looked at here
    if (Array.isArray(value.keys)) return { keys: value.keys as Jwk[] } // cast: each is loaded, or refused
  } catch {
    // Its text is a secret: no error shows it.
  }
  throw new TypeError('MWT_KEYS is what `npm run edge:keys` prints: {"keys": […]}')
}
