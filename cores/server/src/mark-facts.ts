/** What a mark's options say, in the artifact's form: for `collect`, and to compare code with artifact at boot. */

import type { ArtifactFunction, ArtifactTarget, Target } from '@mizan/protocol'
import type { Affected, ClientOptions } from './client-options.ts'
import { isOwnTarget } from './context.ts'

/** The part of an artifact entry that comes from options. */
export type MarkFacts = Pick<
  ArtifactFunction,
  | 'context'
  | 'merge'
  | 'affects'
  | 'private'
  | 'route'
  | 'methods'
  | 'auth'
  | 'cache'
  | 'rev'
  | 'websocket'
  | 'transaction'
  | 'timeout'
  | 'upload'
>

/** Derives the facts; absent options are absent. */
export function factsOf(options: ClientOptions): MarkFacts {
  const affects = affectedTargets(options.affects)
  return {
    ...(options.context === undefined ? {} : { context: options.context.name }),
    ...(options.merge === undefined ? {} : { merge: options.merge.name }),
    ...(affects.length === 0 ? {} : { affects }),
    ...(options.private === true ? { private: true } : {}),
    ...(options.route === undefined ? {} : { route: options.route }),
    ...(options.methods === undefined ? {} : { methods: options.methods }),
    ...(options.auth === undefined ? {} : { auth: authFact(options.auth) }),
    ...(options.cache === undefined
      ? {}
      : { cache: typeof options.cache === 'number' ? { ttl: options.cache } : options.cache }),
    ...(options.rev === undefined ? {} : { rev: options.rev }),
    ...(options.websocket === true ? { websocket: true } : {}),
    ...(options.transaction === false ? { transaction: false } : {}),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.upload === undefined ? {} : { upload: options.upload }),
  }
}

function affectedTargets(affects: ClientOptions['affects']): ArtifactTarget[] {
  if (affects === undefined) return []
  const list: readonly Affected[] = Array.isArray(affects) ? affects : [affects as Affected] // cast: Array.isArray does not narrow readonly arrays
  return list.map((item) => {
    const target: Target = 'context' in item ? item : { context: item.name }
    return {
      context: target.context,
      ...(target.function === undefined ? {} : { function: target.function }),
      ...(target.params === undefined ? {} : { params: target.params }),
      ...(isOwnTarget(target) ? { own: true } : {}),
    }
  })
}

function authFact(auth: NonNullable<ClientOptions['auth']>): NonNullable<ArtifactFunction['auth']> {
  if (auth === true) return 'required'
  return typeof auth === 'function' ? 'custom' : auth
}
