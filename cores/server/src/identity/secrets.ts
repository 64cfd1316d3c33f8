/** Secrets must differ, so that one leak is one leak (PROTOCOL section 7). */

import type { IdentityOptions } from './identity-options.ts'
import type { KeySet, TokenKey } from './keys.ts'

/** A secret, and where it stands in the options. */
export interface NamedSecret {
  readonly name: string
  readonly secret: string
}

/** Every secret of identity by its place in the options. */
export function secretsOf({ secret, jwt, mwt }: IdentityOptions): readonly NamedSecret[] {
  const ofKeys = (keys: readonly TokenKey[], name: string): NamedSecret[] =>
    keys.flatMap((key, index) =>
      'secret' in key ? [{ name: `${name}[${index}].secret`, secret: key.secret }] : [],
    )
  return [
    { name: 'identity.secret', secret },
    ...ofKeys(jwt?.keys ?? [], 'identity.jwt.keys'),
    ...ofKeys(mwt?.keys ?? [], 'identity.mwt.keys'),
  ]
}

/** @throws TypeError naming two that are equal */
export function assertSecretsDiffer(secrets: readonly NamedSecret[]): void {
  const seen = new Map<string, string>()
  for (const { name, secret } of secrets) {
    const other = seen.get(secret)
    if (other !== undefined) throw equal(other, name)
    seen.set(secret, name)
  }
}

/** The same for keys with two halves: an MWT key at the edge must not check JWTs. @throws TypeError */
export function assertKeysDiffer(a: KeySet, b: KeySet): void {
  for (const one of a.byKid.values()) {
    for (const other of b.byKid.values()) {
      if (one.checking.type === other.checking.type && one.checking.equals(other.checking))
        throw equal(`${a.name} "${one.kid}"`, `${b.name} "${other.kid}"`)
    }
  }
}

function equal(a: string, b: string): TypeError {
  return new TypeError(`createApp: ${a} and ${b} must differ, so that one leak is one leak`)
}
