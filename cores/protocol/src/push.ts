/**
 * Invalidations that the origin pushes to an edge (PROTOCOL section 9): `POST <base>/purge/` with a JSON body and a signature,
 * for what never passes the edge. Web Crypto only, so that both ends have it.
 */

import type { TargetBody } from './target.ts'

/** Below the base path. */
export const pushPath = 'purge/'

/** `t=<seconds since 1970>,v1=<hex HMAC-SHA256 of "<seconds>.<body>">`; several `v1` while a secret is being changed. */
export const pushSignatureHeader = 'x-mizan-signature'

/** What is pushed. */
export interface PushBody {
  /** As in `invalidate` of an answer. */
  readonly invalidate: readonly TargetBody[]
  /** As in `X-Mizan-Changed`: digests of the data that was written. */
  readonly changed: readonly string[]
}

/** Why a push is not to be believed. */
export type PushVerdict = 'ok' | 'malformed' | 'expired' | 'forged'

/** Seconds by which clocks may differ; pushing again what was pushed does no harm within them. */
const tolerance = 300

/** The header for `body`. @param now milliseconds since 1970 */
export async function signPush(secret: string, body: string, now: number): Promise<string> {
  const seconds = Math.floor(now / 1000)
  return `t=${seconds},v1=${await macOf(secret, `${seconds}.${body}`)}`
}

/** What is to be verified. */
export interface SignedPush {
  readonly header: string | null
  readonly body: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** Whether someone who knows `secret` has signed `body` just now. */
export async function verifyPush(
  secret: string,
  { header, body, now }: SignedPush,
): Promise<PushVerdict> {
  const parts = (header ?? '').split(',').map((part) => part.trim().split('=', 2))
  const time = parts.find(([name]) => name === 't')?.[1] ?? ''
  const given = parts.flatMap(([name, value]) => (name === 'v1' && value ? [value] : []))
  if (!/^\d{1,12}$/.test(time) || given.length === 0 || given.length > 4) return 'malformed'
  if (Math.abs(now / 1000 - Number(time)) > tolerance) return 'expired'
  const wanted = await macOf(secret, `${time}.${body}`)
  return given.some((mac) => isEqual(mac, wanted)) ? 'ok' : 'forged'
}

async function macOf(secret: string, text: string): Promise<string> {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, [
    'sign',
  ])
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', key, encoder.encode(text)))
  return [...mac].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** In a time that depends on the length alone. */
function isEqual(a: string, b: string): boolean {
  if (a.length !== b.length) return false
  let difference = 0
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at)
  return difference === 0
}
