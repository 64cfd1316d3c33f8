/** Verifies the token of a read (MWT), so that a private answer is found only by whom it was made for. */

import {
  decodeProtectedHeader,
  errors,
  importJWK,
  importSPKI,
  type JSONWebKeySet,
  type JWK,
  jwtVerify,
} from 'jose'

/** A key that checks tokens; `kid` is the one of the server's key. */
export type EdgeTokenKey =
  | { readonly kid: string; readonly secret: string }
  | {
      readonly kid: string
      readonly algorithm: 'RS256' | 'ES256' | 'EdDSA'
      /** SPKI in PEM, or a JSON Web Key: the public half. */
      readonly publicKey: string | JWK
    }

/** How the edge knows who asks. */
export interface EdgeTokens {
  /** The keys of `identity.mwt.keys`, or what `toJwks` gives of them. Public halves are enough. */
  readonly keys: readonly EdgeTokenKey[] | JSONWebKeySet
  /** `aud`. @default 'mizan-edge' */
  readonly audience?: string
}

/** Who asks: everything that an answer of the server may depend on. */
export interface Reader {
  readonly sub: string
  /** Digest of what the principal may do. */
  readonly pkey: string
}

interface LoadedKey {
  readonly algorithm: string
  readonly key: CryptoKey | Uint8Array
}

const minimumSecret = 32
const maximumLength = 8_192
/** Seconds that clocks may differ. */
const clockTolerance = 30
const asymmetric = ['RS256', 'ES256', 'EdDSA'] as const

/** Verifies tokens with one set of keys. */
export class TokenReader {
  readonly #keys: Promise<ReadonlyMap<string, LoadedKey>>
  readonly #audience: string

  /** Keys that cannot be used make every verification reject. */
  constructor({ keys, audience = 'mizan-edge' }: EdgeTokens) {
    this.#audience = audience
    this.#keys = loadKeys(keys)
    // Whoever verifies is told; nobody may be doing so yet.
    this.#keys.catch(() => undefined)
  }

  /**
   * Who the token is of; `undefined` for one that is not to be believed: the origin says why.
   *
   * @param now milliseconds since 1970
   * @throws TypeError for keys that cannot be used
   */
  async read(token: string, now: number): Promise<Reader | undefined> {
    const keys = await this.#keys
    try {
      if (token.length > maximumLength) return undefined
      const { kid, alg } = decodeProtectedHeader(token)
      const known = keys.get(kid ?? '')
      // A key is for one algorithm: a public key is never the secret of an HMAC.
      if (known === undefined || known.algorithm !== alg) return undefined
      const { payload } = await jwtVerify(token, known.key, {
        algorithms: [known.algorithm],
        typ: 'MWT',
        audience: this.#audience,
        requiredClaims: ['sub', 'sid', 'pkey', 'iat', 'nbf', 'exp'],
        clockTolerance,
        currentDate: new Date(now),
      })
      const { sub, pkey } = payload
      if (typeof sub !== 'string' || sub === '' || typeof pkey !== 'string') return undefined
      return /^[0-9a-f]{64}$/.test(pkey) ? { sub, pkey } : undefined
    } catch (error) {
      // jose throws a TypeError for a text that is no token at all.
      if (error instanceof errors.JOSEError || error instanceof TypeError) return undefined
      throw error
    }
  }
}

async function loadKeys(keys: EdgeTokens['keys']): Promise<ReadonlyMap<string, LoadedKey>> {
  const list = 'length' in keys ? keys : keys.keys.map(fromJwk)
  const loaded = await Promise.all(list.map(async (key) => [key.kid, await load(key)] as const))
  const byKid = new Map(loaded)
  if (byKid.size === 0) throw new TypeError('createEdge({ tokens }): there is no key')
  if (byKid.size < loaded.length) throw new TypeError('createEdge({ tokens }): two keys of one kid')
  return byKid
}

function fromJwk(key: JWK): EdgeTokenKey {
  const { kid } = key
  const algorithm = asymmetric.find((name) => name === key.alg)
  if (kid === undefined || algorithm === undefined) {
    throw new TypeError(
      'createEdge({ tokens }): a key of a JWKS has a kid and RS256, ES256 or EdDSA',
    )
  }
  return { kid, algorithm, publicKey: key }
}

async function load(key: EdgeTokenKey): Promise<LoadedKey> {
  if ('secret' in key) {
    const secret = new TextEncoder().encode(key.secret)
    if (secret.byteLength < minimumSecret)
      throw new TypeError(`createEdge({ tokens }): the secret of ${key.kid} is under 32 bytes`)
    return { algorithm: 'HS256', key: secret }
  }
  const { algorithm, publicKey } = key
  if (!asymmetric.includes(algorithm))
    throw new TypeError(`createEdge({ tokens }): ${key.kid} is of no algorithm of a token`)
  return {
    algorithm,
    key:
      typeof publicKey === 'string'
        ? await importSPKI(publicKey, algorithm)
        : await importJWK(publicKey, algorithm),
  }
}
