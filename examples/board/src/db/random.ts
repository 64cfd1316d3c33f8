/** A small deterministic generator (mulberry32): the same seed gives the same board everywhere. */

export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** An integer in [from, to]. */
  between(from: number, to: number): number
  pick<T>(items: readonly T[]): T
  /** Picks by weight; the weights need not sum to one. */
  weighted<T>(items: readonly (readonly [item: T, weight: number])[]): T
}

export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
  const at = <T>(items: readonly T[], index: number): T => {
    const item = items[index]
    if (item === undefined) throw new TypeError('Cannot pick from an empty list')
    return item
  }
  return {
    next,
    between: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (items) => at(items, Math.floor(next() * items.length)),
    weighted: (items) => {
      let rest = next() * items.reduce((sum, [, weight]) => sum + weight, 0)
      return at(
        items,
        Math.max(
          0,
          items.findIndex(([, weight]) => (rest -= weight) < 0),
        ),
      )[0]
    },
  }
}
