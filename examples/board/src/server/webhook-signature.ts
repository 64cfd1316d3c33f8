/** Signatures of incoming webhooks: HMAC-SHA256 of time and body, compared in constant time. */

import { createHmac, timingSafeEqual } from 'node:crypto'

/** A signature older than this is refused, so that a recorded request cannot be sent again later. Seconds. */
export const signatureLifetime = 300

/** The value of `X-Board-Signature`: `t=<seconds>,v1=<hex>`. */
export function signWebhook(secret: string, body: Uint8Array, seconds: number): string {
  return `t=${seconds},v1=${digest(secret, body, seconds).toString('hex')}`
}

/** Whether `header` signs exactly these bytes, not too long ago. */
export function isSignedWebhook(secret: string, body: Uint8Array, check: SignatureCheck): boolean {
  const parts = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(check.header ?? '')
  if (parts === null) return false
  const [, time = '', hex = ''] = parts
  if (Math.abs(check.now - Number(time)) > signatureLifetime) return false
  return timingSafeEqual(Buffer.from(hex, 'hex'), digest(secret, body, Number(time)))
}

/** What a signature is held against. */
export interface SignatureCheck {
  readonly header: string | undefined
  /** Seconds since 1970. */
  readonly now: number
}

function digest(secret: string, body: Uint8Array, seconds: number): Buffer {
  return createHmac('sha256', secret).update(`${seconds}.`).update(body).digest()
}
