/** The public halves of keys, for whoever checks tokens without being able to make them. */

import { exportJWK, type JSONWebKeySet } from 'jose'
import { loadKeys, type TokenKey } from './keys.ts'

/**
 * The JSON Web Key Set of `keys`. Secrets (HS256) are left out: they have no public half.
 *
 * @throws TypeError for keys that could not be used
 */
export async function toJwks(keys: readonly TokenKey[]): Promise<JSONWebKeySet> {
  const loaded = [...loadKeys(keys, 'toJwks(keys)').byKid.values()]
  const shared = loaded.filter(({ algorithm }) => algorithm !== 'HS256')
  return {
    keys: await Promise.all(
      shared.map(async ({ kid, algorithm, checking }) => ({
        ...(await exportJWK(checking)),
        kid,
        alg: algorithm,
        use: 'sig',
      })),
    ),
  }
}
