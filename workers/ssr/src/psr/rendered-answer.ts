/** What a page's function has answered: a page for everybody, an answer for nobody to keep, or a failure. */

import type { ProtocolResponse } from '@mizan/protocol'

/** One answer, read to its end. */
export type RenderedAnswer =
  | { readonly kind: 'page'; readonly page: PublicPage }
  /** Private, unpublished, moved: rendered for whoever asks. */
  | { readonly kind: 'other'; readonly reason: string }
  | { readonly kind: 'failure'; readonly reason: string }

/** A page that may be kept. */
export interface PublicPage {
  readonly html: string
  readonly headers: readonly (readonly [string, string])[]
  readonly tags: readonly string[]
  /** Seconds. */
  readonly ttl: number
}

const grammar = /^public; ttl=(\d{1,9}); tags=([^;\s]+); artifact=[0-9a-f]+$/
const maximumLength = 16 * 1024 * 1024
/** Of one delivery, or said anew with each. */
const dropped: ReadonlySet<string> = new Set(['cache-control', 'x-mizan-cache', 'date', 'etag'])

/** Reads `response`. Only what the server calls public is a page: what touched the caller is not. */
export async function toAnswer(response: ProtocolResponse): Promise<RenderedAnswer> {
  const { status, headers } = response
  const html = await textOf(response.body)
  if (status >= 500) return { kind: 'failure', reason: `it answered ${status}` }
  const policy = headers.find(([name]) => name === 'x-mizan-cache')?.[1] ?? ''
  const [, ttl, tags] = grammar.exec(policy) ?? []
  if (status !== 200 || ttl === undefined || tags === undefined)
    return {
      kind: 'other',
      reason: status === 200 ? 'it is not for everybody' : `it answered ${status}`,
    }
  if (headers.some(([name]) => name === 'set-cookie'))
    return { kind: 'other', reason: 'it sets a cookie' }
  if (html === undefined) return { kind: 'other', reason: 'it is too long' }
  return {
    kind: 'page',
    page: {
      html,
      headers: headers.filter(([name]) => !dropped.has(name)),
      tags: tags.split('+').map(decodeURIComponent),
      ttl: Number(ttl),
    },
  }
}

async function textOf(body: ProtocolResponse['body']): Promise<string | undefined> {
  if (body === null || typeof body === 'string') return body ?? ''
  if (body instanceof Uint8Array) return new TextDecoder().decode(body)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body) {
    length += chunk.byteLength
    if (length > maximumLength) return undefined
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
