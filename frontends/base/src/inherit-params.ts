/** How the params of a hook come together: its own, then the nearest provider's, then those further out. */

import { paramsOf } from './address.ts'
import type { ContextDescriptor } from './descriptors.ts'

/** `own` over `inherited`; a param that is undefined counts as not given. Undeclared keys are left out. */
export function inheritParams<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  inherited: Partial<Params> | undefined,
  own: Partial<Params> | undefined,
): Partial<Params> {
  const merged: Partial<Params> = {}
  for (const [key] of paramsOf(context)) {
    // Not `??`: null is a value.
    const value = own?.[key] === undefined ? inherited?.[key] : own[key]
    if (value !== undefined) merged[key] = value
  }
  return merged
}

/**
 * {@link inheritParams}, which must come out complete.
 *
 * @param provider How the missing one can be provided, for the message: `<TaskContext taskId={…}>`.
 * @throws TypeError naming the param and the provider.
 */
export function requireParams<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  merged: Partial<Params>,
  provider: (key: string) => string,
): Params {
  for (const [key, { required }] of paramsOf(context)) {
    if (required && merged[key] === undefined) {
      throw new TypeError(
        `${context.name}: ${key} is required: give it to the hook, or provide it with ${provider(key)}`,
      )
    }
  }
  // cast: the loop found every required param.
  return merged as Params
}
