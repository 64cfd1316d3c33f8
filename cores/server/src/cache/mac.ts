/** HMAC-SHA256 with a prepared key: a lookup makes several, and `createHmac` prepares its key each time. */

import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'

/** Block and digest of SHA-256, in bytes. */
const block = 64
const digest = 32

/** The HMAC of a text (as UTF-8). */
export type Mac = (text: string, encoding: 'hex' | 'base64url') => string

/** HMAC-SHA256 under `key`, RFC 2104. */
export function createMac(key: string | Uint8Array): Mac {
  const bytes = Buffer.from(key)
  const short = bytes.length > block ? hash('sha256', bytes, 'buffer') : bytes
  const inner = Buffer.alloc(block, 0x36)
  const outer = Buffer.alloc(block + digest, 0x5c)
  for (const [at, byte] of short.entries()) {
    inner[at] = byte ^ 0x36
    outer[at] = byte ^ 0x5c
  }
  return (text, encoding) => {
    const message = Buffer.allocUnsafe(block + Buffer.byteLength(text))
    inner.copy(message)
    message.write(text, block, 'utf8')
    hash('sha256', message, 'buffer').copy(outer, block)
    return hash('sha256', outer, encoding)
  }
}
