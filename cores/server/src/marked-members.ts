/** The marked members of a class: its own, and those of base classes that are not served themselves. */

import type { Fn } from './client-options.ts'
import type { Service, StaticService } from './functions.ts'
import { type Mark, markOf } from './marks.ts'

/** One marked method, static or not. */
export interface MarkedMember {
  readonly key: string
  readonly fn: Fn
  readonly mark: Mark
}

/** A method that hides a marked one of a base class, and is not marked: clients would call what they never saw. */
export interface LostMember {
  readonly key: string
  readonly lost: true
}

/**
 * Members by the nearest definition, as a call finds them.
 *
 * @param served classes that serve their members themselves; their heirs do not serve them again
 */
export function markedMembers(
  owner: Service | StaticService,
  served: ReadonlySet<unknown>,
): readonly (MarkedMember | LostMember)[] {
  return [
    ...membersOf(classesOf(owner), owner, served),
    // cast: a class's prototype is an object; an arrow function that was given by mistake has none
    ...membersOf(classesOf((owner.prototype ?? null) as object | null), owner.prototype, served),
  ]
}

function* membersOf(
  chain: readonly object[],
  own: unknown,
  served: ReadonlySet<unknown>,
): Generator<MarkedMember | LostMember> {
  const nearest = new Map<string, unknown>()
  const told = new Set<string>()
  for (const holder of chain) {
    const constructor = typeof holder === 'function' ? holder : holder.constructor
    for (const [key, { value }] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      const isNearest = !nearest.has(key)
      if (isNearest) nearest.set(key, value)
      const mark = markOf(value)
      if (mark === undefined || told.has(key)) continue
      if (isNearest && holder !== own && served.has(constructor)) continue
      told.add(key)
      if (isNearest) yield { key, fn: value as Fn, mark } // cast: what is marked is a function
      else if (markOf(nearest.get(key)) === undefined) yield { key, lost: true }
    }
  }
}

/** The object and what it inherits from, up to what every function or object has. */
function classesOf(start: object | null): object[] {
  const chain: object[] = []
  for (let at = start; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (at === Function.prototype || at === Object.prototype) break
    chain.push(at)
  }
  return chain
}
