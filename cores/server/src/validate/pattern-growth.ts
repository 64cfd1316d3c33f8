/**
 * How a pattern's time grows with the length of a text. A backtracking engine tries every way to read a text: exponentially
 * many when one loop can read it in two ways, a power of the length when one loop after another can. Found by running the
 * pattern's automaton beside itself (Weber and Seidl, 1991; Weideman et al., 2016).
 */

import { BeyondRegular, parseRegExp, type Syntax } from './regexp-syntax.ts'

/** Patterns of more characters and classes than this are not looked at. */
const maximumPositions = 120

/** Nor further than this many steps of the two automata: some 50 ms. */
const maximumSteps = 1_000_000

/** The power of a text's length that its time grows with: 1 is linear; `Infinity` is exponential. */
export type Growth = number

/** How bad a text can be for `source`, which `RegExp` has accepted; `undefined` for what cannot be told. */
export function growthOf(source: string): Growth | undefined {
  try {
    const automaton = new Automaton(source)
    const syntax = parseRegExp(source)
    // A match that may begin anywhere is one behind a loop that reads whatever comes before.
    automaton.add(isAnchored(syntax, source) ? syntax : behindAnything(syntax))
    return automaton.isExponential() ? Number.POSITIVE_INFINITY : automaton.ambiguity() + 1
  } catch (error) {
    if (error instanceof BeyondRegular) return undefined
    throw error
  }
}

function isAnchored(syntax: Syntax, source: string): boolean {
  return source.startsWith('^') && syntax.kind === 'choice' && syntax.parts.length === 1
}

function behindAnything(syntax: Syntax): Syntax {
  const anything: Syntax = { kind: 'atom', source: '[^]' }
  const loop: Syntax = { kind: 'repeat', part: anything, min: 0, max: Number.POSITIVE_INFINITY }
  return { kind: 'sequence', parts: [loop, syntax] }
}

/** The ends of a part: where it starts, where it stops, and whether it may be nothing. */
interface Ends {
  readonly first: readonly number[]
  readonly last: readonly number[]
  readonly nullable: boolean
}

const empty: Ends = { first: [], last: [], nullable: true }

/** Glushkov's: a state for each character of the pattern, an edge from each to those that may follow. */
class Automaton {
  readonly #atoms: ReadonlySet<string>[] = []
  readonly #next: Set<number>[] = []
  /** Edges that two loops have made: `(a+)+` reads `aa` in one round of the outer loop, or in two. */
  readonly #double: (readonly [from: number, to: number])[] = []
  readonly #samples: readonly string[]
  readonly #overlaps = new Map<number, boolean>()
  #steps = 0

  constructor(source: string) {
    this.#samples = [...new Set([...samples, ...source])]
  }

  add(syntax: Syntax): Ends {
    switch (syntax.kind) {
      case 'atom':
        return this.#atom(syntax.source)
      case 'sequence':
        return this.#sequence(syntax.parts.map((part) => () => this.add(part)))
      case 'choice': {
        const ends = syntax.parts.map((part) => this.add(part))
        return {
          first: ends.flatMap(({ first }) => first),
          last: ends.flatMap(({ last }) => last),
          nullable: ends.some(({ nullable }) => nullable),
        }
      }
      case 'repeat':
        return this.#repeat(syntax)
    }
  }

  /** Whether one loop can read a text in two ways. */
  isExponential(): boolean {
    const reached = this.#reached()
    if (this.#double.some(([from, to]) => reached[to]?.has(from))) return true
    return reached.some((states, state) => {
      // Only what leads back can be gone through again and again.
      const loop = new Set([...states].filter((other) => reached[other]?.has(state)))
      return loop.has(state) && this.#readsTwice(state, loop)
    })
  }

  /** The longest chain of loops of which each can leave a text to the next, wherever it likes. */
  ambiguity(): number {
    const reached = this.#reached()
    const loops = reached.flatMap((states, state) => (states.has(state) ? [state] : []))
    const pairs = loops.flatMap((from) =>
      loops
        .filter((to) => to !== from && reached[from]?.has(to) && this.#leaves(from, to))
        .map((to) => [from, to] as const),
    )
    const longest = new Map<number, number>()
    const chainFrom = (state: number): number => {
      const known = longest.get(state)
      if (known !== undefined) return known
      const next = pairs.filter(([from]) => from === state || reached[state]?.has(from))
      const length = Math.max(0, ...next.map(([, to]) => (to === state ? 0 : 1 + chainFrom(to))))
      longest.set(state, length)
      return length
    }
    return Math.max(0, ...pairs.map(([from]) => chainFrom(from)))
  }

  #reached(): ReadonlySet<number>[] {
    return this.#next.map((_, state) => this.#reachedFrom(state))
  }

  /** Whether one text leads from one state to itself, from it to the other, and from the other to itself. */
  #leaves(from: number, to: number): boolean {
    const seen = new Set([this.#pair(from, from) * maximumPositions + to])
    for (const triple of seen) {
      const third = triple % maximumPositions
      const pair = Math.floor(triple / maximumPositions)
      const [one, other] = [Math.floor(pair / maximumPositions), pair % maximumPositions]
      if (third === to && pair === this.#pair(from, to)) return true
      for (const x of this.#next[one] ?? [])
        for (const y of this.#next[other] ?? []) {
          if (!this.#overlap(x, y)) continue
          for (const z of this.#next[third] ?? []) {
            this.#step()
            if (this.#overlap(x, z) && this.#overlap(y, z))
              seen.add(this.#pair(x, y) * maximumPositions + z)
          }
        }
    }
    return false
  }

  #step(steps = 1): void {
    this.#steps += steps
    if (this.#steps > maximumSteps) throw new BeyondRegular('too many steps')
  }

  #atom(source: string): Ends {
    if (this.#atoms.length >= maximumPositions) throw new BeyondRegular('too many characters')
    const state = this.#atoms.push(this.#matchedBy(source)) - 1
    this.#next.push(new Set())
    return { first: [state], last: [state], nullable: false }
  }

  #sequence(makers: readonly (() => Ends)[]): Ends {
    let whole = empty
    for (const make of makers) {
      const part = make()
      this.#connect(whole.last, part.first)
      whole = {
        first: whole.nullable ? [...whole.first, ...part.first] : whole.first,
        last: part.nullable ? [...whole.last, ...part.last] : part.last,
        nullable: whole.nullable && part.nullable,
      }
    }
    return whole
  }

  #repeat({ part, min, max }: Syntax & { kind: 'repeat' }): Ends {
    const once = (): Ends => this.add(part)
    const maybe = (): Ends => ({ ...once(), nullable: true })
    if (max === Number.POSITIVE_INFINITY) {
      const loop = (): Ends => {
        const ends = once()
        this.#connect(ends.last, ends.first)
        return min === 0 ? { ...ends, nullable: true } : ends
      }
      return this.#sequence([...copies(min - 1, once), loop])
    }
    return this.#sequence([...copies(min, once), ...copies(max - min, maybe)])
  }

  #connect(from: readonly number[], to: readonly number[]): void {
    for (const start of from) {
      const next = this.#next[start]
      for (const end of to) {
        if (next?.has(end) === true) this.#double.push([start, end])
        next?.add(end)
      }
    }
  }

  /** States that come after `state`, itself only when it is in a loop. */
  #reachedFrom(state: number): ReadonlySet<number> {
    const seen = new Set(this.#next[state])
    for (const one of seen) for (const next of this.#next[one] ?? []) seen.add(next)
    return seen
  }

  /** Whether one text leads from `state` back to it on two ways. */
  #readsTwice(state: number, loop: ReadonlySet<number>): boolean {
    const start = this.#pair(state, state)
    const before = new Map<number, number[]>()
    const seen = new Set([start])
    for (const pair of seen) {
      for (const next of this.#after(pair, loop)) {
        const known = before.get(next)
        if (known === undefined) before.set(next, [pair])
        else known.push(pair)
        seen.add(next)
      }
    }
    const back = new Set(before.get(start) ?? [])
    for (const pair of back) {
      if (Math.floor(pair / maximumPositions) !== pair % maximumPositions) return true
      for (const earlier of before.get(pair) ?? []) back.add(earlier)
    }
    return false
  }

  #after(pair: number, loop: ReadonlySet<number>): number[] {
    const left = this.#next[Math.floor(pair / maximumPositions)] ?? []
    const right = [...(this.#next[pair % maximumPositions] ?? [])].filter((one) => loop.has(one))
    const pairs: number[] = []
    for (const one of left) {
      if (!loop.has(one)) continue
      this.#step(right.length)
      for (const other of right) if (this.#overlap(one, other)) pairs.push(this.#pair(one, other))
    }
    return pairs
  }

  #overlap(one: number, other: number): boolean {
    const key = this.#pair(one, other)
    const known = this.#overlaps.get(key)
    if (known !== undefined) return known
    const characters = this.#atoms[other]
    const found = [...(this.#atoms[one] ?? [])].some((character) => characters?.has(character))
    this.#overlaps.set(key, found)
    return found
  }

  /** The samples that an atom matches, and the atom itself, whose characters may not be among them. */
  #matchedBy(source: string): ReadonlySet<string> {
    const expression = new RegExp(`^${source}$`, 'u')
    return new Set([source, ...this.#samples.filter((sample) => expression.test(sample))])
  }

  /** The order of two ways is nobody's concern. */
  #pair(one: number, other: number): number {
    return Math.min(one, other) * maximumPositions + Math.max(one, other)
  }
}

function copies(amount: number, make: () => Ends): (() => Ends)[] {
  if (amount > maximumPositions) throw new BeyondRegular('too many repetitions')
  return Array.from({ length: Math.max(0, amount) }, () => make)
}

/** With those of the pattern, enough characters to tell whether two classes have one in common. */
const samples: readonly string[] = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)),
  ...'\u00a0éßΩжא漢あ한٣\u2028\ufeff😀',
]
