/** What an encoder is, and how it says that a value has no wire form. */

import { showValue } from './report.ts'
import { isSecretName } from './secret-names.ts'

/** Gives the JSON of `value`. @throws Misfit */
export type Encoder = (value: unknown) => unknown

/** A value that its type does not allow. Each container adds its key on the way out, so that success pays nothing. */
export class Misfit extends Error {
  /** Innermost key first. */
  readonly trail: string[] = []
  readonly #value: unknown

  constructor(message: string, value: unknown) {
    super(message)
    this.#value = value
  }

  /** The whole sentence: place, expectation, and the value unless its name says that it is a secret. */
  toSentence(): string {
    const place = this.trail.length === 0 ? 'the value' : this.trail.toReversed().join('.')
    const got = this.trail.some(isSecretName) ? '' : `, got ${showValue(this.#value)}`
    return `${place} ${this.message}${got}`
  }
}
