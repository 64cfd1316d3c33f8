/** The text of a cache entry: MAC, header, body. What does not verify is not there. */

import { Buffer } from 'node:buffer'
import { hkdfSync, timingSafeEqual } from 'node:crypto'
import { createMac, type Mac } from './mac.ts'

/** What is kept of one run. */
export interface Entry {
  readonly visibility: 'public' | 'private'
  /** Digest of the artifact that it was made under. */
  readonly artifact: string
  /** Milliseconds since the epoch. */
  readonly expires: number
  /** Until when it may be served past its time, while its tags are unchanged. */
  readonly staleUntil: number
  /** The version of each tag, read before the run. */
  readonly versions: readonly (readonly [tag: string, version: string])[]
  /** Those of the tags that the run observed. */
  readonly dataTags: readonly string[]
  readonly body: string
}

/** Seals entries with a key that does nothing else: who can write to the store cannot write an answer. */
export class EntrySeal {
  readonly #seal: Mac

  constructor(secret: string) {
    this.#seal = createMac(Buffer.from(hkdfSync('sha256', secret, '', 'mizan cache entry', 32)))
  }

  /** The text to store under `key`. */
  close(key: string, entry: Entry): string {
    const { body, ...header } = entry
    const head = JSON.stringify(header)
    return `${this.#mac(key, head, body)}\n${head}\n${body}`
  }

  /** The entry, or `undefined` for a text that this app did not write under this key. */
  open(key: string, text: string): Entry | undefined {
    const first = text.indexOf('\n')
    const second = text.indexOf('\n', first + 1)
    if (first === -1 || second === -1) return undefined
    const head = text.slice(first + 1, second)
    const body = text.slice(second + 1)
    const given = Buffer.from(text.slice(0, first))
    const expected = Buffer.from(this.#mac(key, head, body))
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
    // cast: only `close` makes a text with this MAC; JSON.stringify leaves no newline in the header
    return { ...(JSON.parse(head) as Omit<Entry, 'body'>), body }
  }

  #mac(key: string, head: string, body: string): string {
    return this.#seal(`${key}\n${head}\n${body}`, 'base64url')
  }
}
