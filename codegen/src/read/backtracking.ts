/**
 * Finds regular expressions that take exponential time: those in which one text leads back to one place in two ways, as in
 * `(a+)+`, `(a|a)*` and `(\w|\d)*`. Decided by the positions of the expression, not by trying texts.
 */

import { type CharacterSet, intersects } from './character-set.ts'
import { parsePositions } from './positions.ts'

/** More positions than this are not looked at: pairs of them are. */
const maximumPositions = 300

/** Whether some text makes the expression try an exponential number of ways. */
export function isExponential(source: string): boolean {
  const positions = parsePositions(source)
  if (positions === undefined || positions.sets.length > maximumPositions) return false
  const { sets, follow, doubled } = positions
  if (doubled.some(([from, to]) => from === to || reaches(to, from, follow))) return true
  const meets = createMeets(sets)
  return sets.some((_set, start) => {
    if (!reaches(start, start, follow)) return false
    return returnsInTwoWays(start, follow, meets)
  })
}

type Meets = (a: number, b: number) => boolean

/** Whether one character fits at both positions. */
function createMeets(sets: readonly CharacterSet[]): Meets {
  const known = new Map<number, boolean>()
  return (a, b) => {
    const key = Math.min(a, b) * sets.length + Math.max(a, b)
    const first = sets[a]
    const second = sets[b]
    const found =
      known.get(key) ?? (first !== undefined && second !== undefined && intersects(first, second))
    known.set(key, found)
    return found
  }
}

function reaches(from: number, to: number, follow: readonly (readonly number[])[]): boolean {
  const seen = new Set<number>()
  const queue = [...(follow[from] ?? [])]
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    if (next === to) return true
    if (seen.has(next)) continue
    seen.add(next)
    queue.push(...(follow[next] ?? []))
  }
  return false
}

/** Walks two ways at once on the same text, from `start`: whether they part and are both back at `start` together. */
function returnsInTwoWays(
  start: number,
  follow: readonly (readonly number[])[],
  meets: Meets,
): boolean {
  const seen = new Set<string>()
  const queue: (readonly [left: number, right: number, parted: boolean])[] = [[start, start, false]]
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    const [left, right, parted] = at
    for (const nextLeft of follow[left] ?? []) {
      for (const nextRight of follow[right] ?? []) {
        if (!meets(nextLeft, nextRight)) continue
        const apart = parted || nextLeft !== nextRight
        if (apart && nextLeft === start && nextRight === start) return true
        const key = `${nextLeft} ${nextRight} ${apart}`
        if (seen.has(key)) continue
        seen.add(key)
        queue.push([nextLeft, nextRight, apart])
      }
    }
  }
  return false
}
