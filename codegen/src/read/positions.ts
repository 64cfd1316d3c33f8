/** A regular expression as its positions: each place that takes a character, and which may come after which (Glushkov). */

import {
  anyCharacter,
  type CharacterSet,
  complement,
  namedSet,
  propertySet,
} from './character-set.ts'

/** The places of an expression. */
export interface Positions {
  /** What each takes. */
  readonly sets: readonly CharacterSet[]
  /** What may come right after each. */
  readonly follow: readonly (readonly number[])[]
  /** What may come right after another in two ways: by two repetitions, one in the other. */
  readonly doubled: readonly (readonly [from: number, to: number])[]
}

/** A part of an expression while it is read. */
interface Part {
  /** Whether it takes the empty text. */
  readonly empty: boolean
  readonly first: readonly number[]
  readonly last: readonly number[]
}

const nothing: Part = { empty: true, first: [], last: [] }

/** More copies of a counted part than this are as good as endless. */
const maximumCopies = 12

/** The positions of `source`, a valid expression; `undefined` for back references, which have none. */
export function parsePositions(source: string): Positions | undefined {
  const parser = new Parser(source)
  parser.alternatives()
  if (parser.hasReference) return undefined
  const { sets, follow, doubled } = parser
  return { sets, doubled, follow: follow.map((next) => [...next]) }
}

class Parser {
  readonly sets: CharacterSet[] = []
  readonly follow: Set<number>[] = []
  readonly doubled: [number, number][] = []
  hasReference = false
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  alternatives(): Part {
    let found = this.#sequence()
    while (this.#take('|')) {
      const other = this.#sequence()
      found = {
        empty: found.empty || other.empty,
        first: [...found.first, ...other.first],
        last: [...found.last, ...other.last],
      }
    }
    return found
  }

  #sequence(): Part {
    let found = nothing
    while (this.#at < this.#source.length && !this.#sees('|') && !this.#sees(')'))
      found = this.#join(found, this.#repeated())
    return found
  }

  #repeated(): Part {
    const start = this.#at
    const part = this.#atom()
    const isEmpty = this.#at === start
    const count = this.#quantifier()
    if (count === undefined || isEmpty) return part
    const { least } = count
    const endless = count.most > maximumCopies && count.most !== least
    // A counted part stands there as often as it is taken.
    const copies = [part]
    const most = Math.min(endless ? least : count.most, maximumCopies)
    while (copies.length < most) copies.push(this.#again(start))
    const last = copies.at(-1) ?? part
    if (endless) this.#link(last.last, last.first)
    return copies.reduceRight((rest, copy, index) => {
      const found = this.#join(copy, rest)
      return index >= least ? { ...found, empty: true } : found
    }, nothing)
  }

  /** Reads the part that begins at `start` once more. */
  #again(start: number): Part {
    const behind = this.#at
    this.#at = start
    const part = this.#atom()
    this.#at = behind
    return part
  }

  #quantifier(): { readonly least: number; readonly most: number } | undefined {
    const match = /^(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/.exec(
      this.#source.slice(this.#at, this.#at + 24),
    )
    if (match === null) return undefined
    this.#at += match[0].length
    const [, sign, least = '0', comma, most] = match
    if (sign !== undefined) {
      return { least: sign === '+' ? 1 : 0, most: sign === '?' ? 1 : Number.POSITIVE_INFINITY }
    }
    if (comma === '') return { least: Number(least), most: Number(least) }
    return { least: Number(least), most: most === '' ? Number.POSITIVE_INFINITY : Number(most) }
  }

  #atom(): Part {
    const character = this.#next()
    if (character === '(') return this.#group()
    if (character === '^' || character === '$') return nothing
    if (character === '.') return this.#place(anyCharacter)
    if (character === '[') return this.#place(this.#class())
    if (character !== '\\') return this.#place(only(character))
    if (this.#take('b') || this.#take('B')) return nothing
    const isReference = /^(?:[1-9]|k<)/.test(this.#source.slice(this.#at))
    if (isReference) this.hasReference = true
    return this.#place(this.#escape())
  }

  #group(): Part {
    const around = /^\?<?[=!]/.exec(this.#source.slice(this.#at))
    const name = /^\?(?::|<[^>]*>)/.exec(this.#source.slice(this.#at))
    this.#at += (around ?? name)?.[0].length ?? 0
    const part = this.alternatives()
    this.#take(')')
    // What only looks around takes nothing.
    return around === null ? part : nothing
  }

  #class(): CharacterSet {
    const isOpposite = this.#take('^')
    const set: (readonly [number, number])[] = []
    while (this.#at < this.#source.length && !this.#take(']')) {
      const from = this.#classAtom()
      const [only, ...more] = from
      const isRange =
        only !== undefined &&
        more.length === 0 &&
        only[0] === only[1] &&
        this.#sees('-') &&
        this.#source[this.#at + 1] !== ']'
      if (!isRange) {
        set.push(...from)
        continue
      }
      this.#take('-')
      const [to] = this.#classAtom()
      set.push([only[0], to?.[1] ?? only[0]])
    }
    return isOpposite ? complement(set) : set
  }

  #classAtom(): CharacterSet {
    const character = this.#next()
    return character === '\\' ? this.#escape() : only(character)
  }

  /** What stands behind a backslash. */
  #escape(): CharacterSet {
    const rest = this.#source.slice(this.#at, this.#at + 40)
    const code = /^(?:u\{([0-9a-fA-F]+)\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2}))/.exec(rest)
    if (code !== null) {
      this.#at += code[0].length
      const value = Number.parseInt(code[1] ?? code[2] ?? code[3] ?? '0', 16)
      return [[value, value]]
    }
    const property = /^[pP]\{[^}]*\}/.exec(rest)
    if (property !== null) {
      this.#at += property[0].length
      return propertySet(`\\${property[0]}`)
    }
    const character = this.#next()
    return namedSet(character) ?? only(controls[character] ?? character)
  }

  #place(set: CharacterSet): Part {
    const position = this.sets.length
    this.sets.push(set)
    this.follow.push(new Set())
    return { empty: false, first: [position], last: [position] }
  }

  #join(left: Part, right: Part): Part {
    this.#link(left.last, right.first)
    return {
      empty: left.empty && right.empty,
      first: left.empty ? [...left.first, ...right.first] : left.first,
      last: right.empty ? [...left.last, ...right.last] : right.last,
    }
  }

  #link(from: readonly number[], to: readonly number[]): void {
    for (const position of from) {
      for (const next of to) {
        if (this.follow[position]?.has(next)) this.doubled.push([position, next])
        this.follow[position]?.add(next)
      }
    }
  }

  #next(): string {
    const code = this.#source.codePointAt(this.#at)
    const character = code === undefined ? '' : String.fromCodePoint(code)
    this.#at += character.length || 1
    return character
  }

  #sees(text: string): boolean {
    return this.#source.startsWith(text, this.#at)
  }

  #take(text: string): boolean {
    const sees = this.#sees(text)
    if (sees) this.#at += text.length
    return sees
  }
}

const controls: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  f: '\f',
  0: '\0',
}

function only(character: string): CharacterSet {
  const code = character.codePointAt(0) ?? 0
  return [[code, code]]
}
