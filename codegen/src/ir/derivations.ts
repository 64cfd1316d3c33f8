/** What was made of parts of an API, kept by the identity of these: an edit leaves most parts the objects they were. */

import type { NamedType } from './type.ts'

/** Remembers for an open project. */
export class Derivations {
  #made = new Map<unknown, WeakMap<object, unknown>>()
  readonly #names = new WeakMap<NamedType, string>()

  /** What `make` makes of `part`, which must depend on the part and the names in it alone; made once. */
  of<Part extends object, Made>(make: (part: Part) => Made, part: Part): Made {
    const known = this.#madeBy(make)
    if (known.has(part)) return known.get(part) as Made // cast: what `make` gave
    const made = make(part)
    known.set(part, made)
    return made
  }

  /** Takes in names that were settled: when a type has another one than before, everything is made anew. */
  follow(types: readonly NamedType[]): void {
    if (types.some((type) => (this.#names.get(type) ?? type.name) !== type.name))
      this.#made = new Map()
    for (const type of types) this.#names.set(type, type.name)
  }

  #madeBy(make: unknown): WeakMap<object, unknown> {
    const known = this.#made.get(make)
    if (known !== undefined) return known
    const made = new WeakMap<object, unknown>()
    this.#made.set(make, made)
    return made
  }
}
