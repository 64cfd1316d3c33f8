/** Tokens as somebody would make them who has no key, from one that is good. */

import type { Talk } from './talk.ts'

/** What a token says, without asking whether it is true. */
export interface TokenParts {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
}

/** @throws SyntaxError for what is no token */
export function readToken(token: string): TokenParts {
  const [header = '', claims = ''] = token.split('.')
  // cast: a JOSE header and a claims set are objects
  return { header: decode(header), claims: decode(claims) } as TokenParts
}

/** `alg: none`, and no signature. */
export function unsigned(token: string, alg = 'none'): string {
  const { header, claims } = readToken(token)
  return `${encode({ ...header, alg })}.${encode(claims)}.`
}

/** The old signature under other claims. */
export function tampered(token: string, changes: Readonly<Record<string, unknown>>): string {
  const [header = '', , signature = ''] = token.split('.')
  return `${header}.${encode({ ...readToken(token).claims, ...changes })}.${signature}`
}

/** Another header over the old claims, signed with a key of the forger's: HS256. */
export async function resigned(
  token: string,
  changes: Readonly<Record<string, unknown>>,
  secret: Uint8Array<ArrayBuffer> = new Uint8Array(32),
): Promise<string> {
  const { header, claims } = readToken(token)
  const text = `${encode({ ...header, alg: 'HS256', ...changes })}.${encode(claims)}`
  const hmac = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', secret, hmac, false, ['sign'])
  const signature = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(text))
  return `${text}.${toBase64url(new Uint8Array(signature))}`
}

/** The public key that MWTs are checked with, as the bytes of its PEM: what an HMAC must never be keyed with. */
export async function publicKeyAsSecret(talk: Talk): Promise<Uint8Array<ArrayBuffer>> {
  const answer = await talk.call('mwt_keys')
  // cast: the fixture function answers with one key
  const { result } = answer.hasStatus(200).json() as { result: readonly JsonWebKey[] }
  const jwk = result[0] ?? {}
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const { kty = '', crv = '', x = '', y = '' } = jwk
  const key = await crypto.subtle.importKey('jwk', { kty, crv, x, y }, algorithm, true, ['verify'])
  const der = new Uint8Array(await crypto.subtle.exportKey('spki', key))
  const lines = btoa(String.fromCharCode(...der)).match(/.{1,64}/g) ?? []
  const pem = `-----BEGIN PUBLIC KEY-----\n${lines.join('\n')}\n-----END PUBLIC KEY-----\n`
  return new TextEncoder().encode(pem)
}

function encode(value: object): string {
  return toBase64url(new TextEncoder().encode(JSON.stringify(value)))
}

function toBase64url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

function decode(part: string): unknown {
  const text = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (c) => c.charCodeAt(0))))
}
