/** Random values that carry their own MAC, so that a store is asked only about values that this app has made. */

import { Buffer } from 'node:buffer'
import { createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** Bytes of a secret; a shorter one is refused. */
export const minimumSecretBytes = 32

/** Signs and checks with one key that serves one purpose. */
export class Seal {
  readonly #key: Buffer

  /** `purpose` separates keys of one secret, so that a value sealed for one is nothing to another. */
  constructor(secret: string, purpose: string) {
    this.#key = Buffer.from(hkdfSync('sha256', secret, '', `mizan ${purpose}`, 32))
  }

  /** MAC of `text`, base64url. */
  mac(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url')
  }

  /** Whether `mac` is that of `text`, in constant time. */
  matches(text: string, mac: string): boolean {
    const expected = Buffer.from(this.mac(text))
    const given = Buffer.from(mac)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  /** 256 random bits and their MAC. */
  issue(): { readonly id: string; readonly sealed: string } {
    const id = randomBytes(32).toString('base64url')
    return { id, sealed: `${id}.${this.mac(id)}` }
  }

  /** The random value of a sealed one; `undefined` for a value that {@link issue} did not make. */
  open(sealed: string): string | undefined {
    const match = /^([\w-]{43})\.([\w-]{43})$/.exec(sealed)
    const [, id = '', mac = ''] = match ?? []
    return match !== null && this.matches(id, mac) ? id : undefined
  }
}

/** @throws TypeError for a secret under {@link minimumSecretBytes}. */
export function assertSecret(secret: string, name: string): void {
  const bytes = Buffer.byteLength(secret)
  if (bytes < minimumSecretBytes) {
    throw new TypeError(
      `${name} must have at least ${minimumSecretBytes} bytes, got ${bytes}; make one with: openssl rand -base64 32`,
    )
  }
}
