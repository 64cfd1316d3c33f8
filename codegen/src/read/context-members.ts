/** Puts contexts together: which functions they have, and the params that these share. */

import { fromWireName } from '@mizan/protocol'
import { type ApiContext, type ApiFunction, type ApiParam, isPublicData } from '../ir/api.ts'
import { compareText } from '../problem.ts'

/**
 * The contexts, sorted by wire name; their members are public data functions.
 *
 * @param known Those of earlier runs by wire name: one whose members are the same stays the same object.
 */
export function readContexts(
  functions: readonly ApiFunction[],
  known: Map<string, ApiContext>,
): ApiContext[] {
  const byContext = new Map<string, ApiFunction[]>()
  for (const fn of functions) {
    const { context } = fn.options
    if (context === undefined || !isPublicData(fn)) continue
    const members = byContext.get(context)
    if (members === undefined) byContext.set(context, [fn])
    else members.push(fn)
  }
  return [...byContext]
    .sort(([a], [b]) => compareText(a, b))
    .map(([wire, members]) => {
      const same = known.get(wire)
      if (same !== undefined && areSame(same.members, members)) return same
      const context = { wire, key: fromWireName(wire), members, params: sharedParams(members) }
      known.set(wire, context)
      return context
    })
}

function areSame(one: readonly ApiFunction[], other: readonly ApiFunction[]): boolean {
  return one.length === other.length && one.every((member, index) => member === other[index])
}

function sharedParams(members: readonly ApiFunction[]): ApiParam[] {
  const params = new Map<string, ApiParam>()
  for (const param of members.flatMap((member) => member.params)) {
    const other = params.get(param.wire)
    const doc = other?.doc ?? param.doc
    params.set(param.wire, {
      ...(other ?? param),
      // Two spellings of one param (userId, userID) meet in the plain one.
      key: other === undefined || other.key === param.key ? param.key : fromWireName(param.wire),
      required: param.required || (other?.required ?? false),
      ...(doc === undefined ? {} : { doc }),
    })
  }
  return [...params.values()].sort((a, b) => compareText(a.wire, b.wire))
}
