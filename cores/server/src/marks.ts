/** The mark that `client` leaves on a function object; it registers nothing. */

import 'reflect-metadata/lite'
import type { ClientOptions, Fn } from './client-options.ts'

/** What `client` knows of a function. */
export interface Mark {
  readonly options: ClientOptions
}

const key = Symbol.for('mizan.client')

/**
 * Marks `fn`.
 *
 * @throws TypeError when it was marked before.
 */
export function mark(fn: Fn, options: ClientOptions): void {
  if (Reflect.hasOwnMetadata(key, fn)) {
    throw new TypeError(
      `client: ${fn.name || 'the function'} is marked twice; merge the options into one client(…)`,
    )
  }
  Reflect.defineMetadata(
    key,
    Object.freeze({ options: Object.freeze({ ...options }) } satisfies Mark),
    fn,
  )
}

/** The mark of `fn`, if it has one. */
export function markOf(fn: unknown): Mark | undefined {
  if (typeof fn !== 'function') return undefined
  // cast: only `mark` writes under this key.
  return Reflect.getOwnMetadata(key, fn) as Mark | undefined
}
