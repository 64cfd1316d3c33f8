/** Sets of characters, as ranges of code points. */

/** Sorted by nothing; inclusive at both ends. */
export type CharacterSet = readonly (readonly [from: number, to: number])[]

const lastCharacter = 0x10ffff

export const anyCharacter: CharacterSet = [[0, lastCharacter]]

const digits: CharacterSet = [[48, 57]]
const words: CharacterSet = [...digits, [65, 90], [95, 95], [97, 122]]
const spaces: CharacterSet = [
  [9, 13],
  [32, 32],
  [160, 160],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]

/** Those of `\d`, `\w` and `\s`, and of their opposites; `undefined` for any other letter. */
export function namedSet(letter: string): CharacterSet | undefined {
  const sets: Readonly<Record<string, CharacterSet>> = { d: digits, w: words, s: spaces }
  const own = sets[letter]
  if (own !== undefined) return own
  const opposite = sets[letter.toLowerCase()]
  return opposite === undefined ? undefined : complement(opposite)
}

/** Those of `\p{…}`: exact in ASCII, and all above it, since a set too large finds too much, never too little. */
export function propertySet(escape: string): CharacterSet {
  const expression = new RegExp(`^${escape}$`, 'u')
  const ascii = Array.from({ length: 128 }, (_, code) => code)
    .filter((code) => expression.test(String.fromCharCode(code)))
    .map((code) => [code, code] as const)
  return [...ascii, [128, lastCharacter]]
}

/** Every character that is not in `set`. */
export function complement(set: CharacterSet): CharacterSet {
  const sorted = [...set].sort(([a], [b]) => a - b)
  const found: [number, number][] = []
  let next = 0
  for (const [from, to] of sorted) {
    if (from > next) found.push([next, from - 1])
    next = Math.max(next, to + 1)
  }
  if (next <= lastCharacter) found.push([next, lastCharacter])
  return found
}

/** Whether a character is in both. */
export function intersects(a: CharacterSet, b: CharacterSet): boolean {
  return a.some(([from, to]) => b.some(([other, last]) => from <= last && other <= to))
}
