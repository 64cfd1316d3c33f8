/** Reads a regular expression of Unicode mode into the little that its cost depends on. */

/** What repeats what; `atom` is the source of one character or class. */
export type Syntax =
  | { readonly kind: 'atom'; readonly source: string }
  | { readonly kind: 'sequence' | 'choice'; readonly parts: readonly Syntax[] }
  | {
      readonly kind: 'repeat'
      readonly part: Syntax
      readonly min: number
      readonly max: number
    }

/** Thrown for what looks around or back: its cost is not that of a plain automaton. */
export class BeyondRegular extends Error {}

const nothing: Syntax = { kind: 'sequence', parts: [] }

/**
 * Reads `source`, which `RegExp` has accepted. Anchors stand for nothing: they only make a pattern match less.
 *
 * @throws BeyondRegular for assertions about what is around, and for backreferences
 */
export function parseRegExp(source: string): Syntax {
  return new Reader(source).choice()
}

const atomPattern =
  /\\(?:[pP]\{[^}]*\}|u\{[^}]*\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|c[a-zA-Z]|[^])|\[(?:\\[^]|[^\]\\])*\]|[^]/uy
const quantifierPattern = /(?:([*+?])|\{(\d+)(,?)(\d*)\})\??/y
const groupPattern = /\((?:\?:|\?<(?![=!])[^>]*>|(?!\?))/y

class Reader {
  readonly #source: string
  #at = 0

  constructor(source: string) {
    this.#source = source
  }

  choice(): Syntax {
    const parts = [this.#sequence()]
    while (this.#source[this.#at] === '|') {
      this.#at += 1
      parts.push(this.#sequence())
    }
    return { kind: 'choice', parts }
  }

  #sequence(): Syntax {
    const parts: Syntax[] = []
    while (this.#at < this.#source.length && !'|)'.includes(this.#source[this.#at] ?? '')) {
      parts.push(this.#repeated(this.#term()))
    }
    return { kind: 'sequence', parts }
  }

  #term(): Syntax {
    if (this.#source[this.#at] === '(') return this.#group()
    const atom = this.#take(atomPattern)?.[0] ?? ''
    if (atom === '^' || atom === '$' || atom === '\\b' || atom === '\\B') return nothing
    if (/^\\[1-9k]/.test(atom)) throw new BeyondRegular('a backreference')
    return { kind: 'atom', source: atom }
  }

  #group(): Syntax {
    if (this.#take(groupPattern) === undefined) throw new BeyondRegular('an assertion')
    const inner = this.choice()
    this.#at += 1
    return inner
  }

  #repeated(part: Syntax): Syntax {
    const match = this.#take(quantifierPattern)
    if (match === undefined) return part
    const [, sign, least, comma, most] = match
    const min = sign === undefined ? Number(least) : sign === '+' ? 1 : 0
    const many = sign === undefined ? comma === ',' && most === '' : sign !== '?'
    const bounded = sign === '?' ? 1 : Number(most === '' ? least : most)
    return { kind: 'repeat', part, min, max: many ? Number.POSITIVE_INFINITY : bounded }
  }

  #take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at
    const match = pattern.exec(this.#source)
    if (match === null) return undefined
    this.#at += match[0].length
    return match
  }
}
