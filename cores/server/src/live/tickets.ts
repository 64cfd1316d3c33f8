/** One-time tickets: an `EventSource` can send no header, and a URL stands in logs. */

import { Buffer } from 'node:buffer'
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { LiveBus } from './live-bus.ts'

/** Seconds until a ticket that nobody uses is worth nothing. */
export const ticketTtl = 60

/**
 * Tickets of one app. The bus keeps what a ticket stands for, encrypted with a key that only the ticket holds: who reads
 * the store has nobody's credentials.
 */
export class Tickets {
  readonly #bus: LiveBus

  constructor(bus: LiveBus) {
    this.#bus = bus
  }

  async issue(text: string): Promise<string> {
    const secret = randomBytes(32)
    await this.keep(secret.toString('base64url'), text)
    return secret.toString('base64url')
  }

  /** Keeps a ticket that was issued for another while. */
  async keep(ticket: string, text: string): Promise<void> {
    const { key, name } = partsOf(Buffer.from(ticket, 'base64url'))
    const nonce = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    const sealed = [nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]
    await this.#bus.put(name, Buffer.concat(sealed).toString('base64'), ticketTtl)
  }

  /** What it stands for, once; `undefined` for what is no ticket, or none any more. */
  async redeem(ticket: string): Promise<string | undefined> {
    if (!/^[\w-]{43}$/.test(ticket)) return undefined
    const { key, name } = partsOf(Buffer.from(ticket, 'base64url'))
    const kept = await this.#bus.take(name)
    if (kept === undefined) return undefined
    const sealed = Buffer.from(kept, 'base64')
    try {
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, 12))
      decipher.setAuthTag(sealed.subarray(-16))
      return decipher.update(sealed.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8')
    } catch {
      return undefined
    }
  }
}

function partsOf(secret: Buffer): { readonly key: Buffer; readonly name: string } {
  const digest = createHash('sha512').update(secret).digest()
  return { key: digest.subarray(0, 32), name: `ticket:${digest.subarray(32).toString('hex')}` }
}
