/** Keys that sign and check tokens: a list, of which the first signs and all check (PROTOCOL section 7). */

import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey,
  KeyObject,
} from 'node:crypto'
import type { JWK } from 'jose'
import { assertSecret } from './seal.ts'

/** Algorithms with two halves of a key. */
export type AsymmetricAlgorithm = 'RS256' | 'ES256' | 'EdDSA'

/** The algorithms that tokens may be signed with. */
export type TokenAlgorithm = 'HS256' | AsymmetricAlgorithm

/** A PEM text, or a JSON Web Key. */
export type KeyMaterial = string | JWK

/**
 * One key. `kid` stands in every token that it signs; it says nothing secret and is never used for another key again.
 * With a `secret` the algorithm is HS256; with a `publicKey` the key only checks, as a retired one does.
 */
export type TokenKey =
  | { readonly kid: string; readonly secret: string }
  | {
      readonly kid: string
      readonly algorithm: AsymmetricAlgorithm
      readonly privateKey: KeyMaterial
    }
  | {
      readonly kid: string
      readonly algorithm: AsymmetricAlgorithm
      readonly publicKey: KeyMaterial
    }

/** A key ready for use. */
export interface LoadedKey {
  readonly kid: string
  readonly algorithm: TokenAlgorithm
  /** Absent for a key that only checks. */
  readonly signing?: KeyObject
  readonly checking: KeyObject
}

/** The keys of one kind of token. */
export interface KeySet {
  readonly name: string
  readonly signing: LoadedKey & { readonly signing: KeyObject }
  readonly byKid: ReadonlyMap<string, LoadedKey>
}

/**
 * Loads and checks keys once, at boot.
 *
 * @param name where they stand in the options, for messages
 * @throws TypeError for an empty list, a `kid` used twice, a weak or unsuitable key, or a first key that cannot sign
 */
export function loadKeys(keys: readonly TokenKey[], name: string): KeySet {
  const loaded = keys.map((key, index) => loadKey(key, `${name}[${index}]`))
  const byKid = new Map(loaded.map((key) => [key.kid, key]))
  if (byKid.size < loaded.length)
    throw new TypeError(`${name}: two keys have one kid; a kid names one key for ever`)
  const [first] = loaded
  if (first === undefined) throw new TypeError(`${name} needs at least one key`)
  const { signing } = first
  if (signing === undefined)
    throw new TypeError(`${name}[0] signs new tokens, so it needs a secret or a privateKey`)
  return {
    name,
    signing: { ...first, signing },
    byKid,
  }
}

/** What each algorithm wants of a key. */
const fits: Readonly<Record<AsymmetricAlgorithm, (key: KeyObject) => boolean>> = {
  RS256: ({ asymmetricKeyType, asymmetricKeyDetails }) =>
    asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
  ES256: ({ asymmetricKeyType, asymmetricKeyDetails }) =>
    asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1',
  EdDSA: ({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519',
}

const wanted: Readonly<Record<AsymmetricAlgorithm, string>> = {
  RS256: 'an RSA key of at least 2048 bits',
  ES256: 'a key on the curve P-256',
  EdDSA: 'an Ed25519 key',
}

function loadKey(key: TokenKey, name: string): LoadedKey {
  if (!/^[\w.-]{1,64}$/.test(key.kid))
    throw new TypeError(`${name}.kid must be 1 to 64 letters, digits, dots, hyphens or underscores`)
  if ('secret' in key) {
    assertSecret(key.secret, `${name}.secret`)
    const secret = createSecretKey(key.secret, 'utf8')
    return { kid: key.kid, algorithm: 'HS256', signing: secret, checking: secret }
  }
  const { kid, algorithm } = key
  const suits = Object.hasOwn(fits, algorithm) ? fits[algorithm] : undefined
  if (suits === undefined)
    throw new TypeError(`${name}.algorithm must be RS256, ES256 or EdDSA, with a secret HS256`)
  const signing = 'privateKey' in key ? read(key.privateKey, name, createPrivateKey) : undefined
  const checking = read('publicKey' in key ? key.publicKey : signing, name, createPublicKey)
  if (!suits(checking)) throw new TypeError(`${name}: ${algorithm} needs ${wanted[algorithm]}`)
  return { kid, algorithm, checking, ...(signing === undefined ? {} : { signing }) }
}

function read(
  material: KeyMaterial | KeyObject | undefined,
  name: string,
  create: typeof createPrivateKey | typeof createPublicKey,
): KeyObject {
  try {
    if (typeof material === 'string') return create(material)
    // cast: jose and node describe one format in two types
    if (!(material instanceof KeyObject))
      return create({ key: material as JsonWebKey, format: 'jwk' })
    return createPublicKey(material)
  } catch {
    // The cause may quote the key.
    throw new TypeError(`${name} holds no key in PEM (PKCS #8, SPKI) or JWK`)
  }
}
