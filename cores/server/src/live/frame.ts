/** Reads what a client sent: size, syntax, depth, and exactly one thing that is asked. */

import { type FrameId, MizanError } from '@mizan/protocol'
import { assertWithin } from '../http/read-json.ts'
import type { Limits } from '../limits.ts'

/** A frame, checked as far as the frame goes; names and arguments are checked where they are used. */
export type Frame =
  | { readonly kind: 'auth'; readonly id: FrameId | undefined; readonly token: string | null }
  | ({ readonly kind: 'call'; readonly fn: string; readonly args: Fields } & Identified)
  | ({ readonly kind: 'subscribe'; readonly etag: string | undefined } & Instance & Identified)
  | ({ readonly kind: 'join'; readonly since: number | undefined } & Instance & Identified)
  | ({ readonly kind: 'send'; readonly message: unknown } & Identified)
  | ({ readonly kind: 'unsubscribe' | 'leave' } & Identified)

/** JSON by wire name. */
export type Fields = Readonly<Record<string, unknown>>

interface Identified {
  readonly id: FrameId
}

interface Instance {
  readonly name: string
  readonly params: Fields
}

/** What cannot be read; with the frame's id when there is one to answer to. */
export class FrameError extends MizanError {
  readonly frame: FrameId | undefined

  constructor(frame: FrameId | undefined, message: string) {
    super('BAD_REQUEST', message)
    this.frame = frame
  }
}

const kinds = ['auth', 'call', 'subscribe', 'unsubscribe', 'join', 'send', 'leave'] as const

const maximumToken = 16_384

/** @throws FrameError */
export function parseFrame(text: string, limits: Required<Limits>): Frame {
  const fields = parse(text)
  const id = idOf(fields)
  try {
    assertWithin(fields, limits)
  } catch (error) {
    throw new FrameError(id, error instanceof Error ? error.message : 'the frame is too large')
  }
  const [kind, ...more] = kinds.filter((name) => Object.hasOwn(fields, name))
  if (kind === undefined || more.length > 0) {
    throw new FrameError(id, `a frame has one of ${kinds.join(', ')}`)
  }
  const body = fields[kind]
  if (kind === 'auth') return { kind, id, token: tokenOf(body, id) }
  if (id === undefined) throw new FrameError(id, `a frame with ${kind} has an id`)
  switch (kind) {
    case 'call': {
      const call = objectOf(body, id, kind)
      return { kind, id, fn: nameIn(call, 'fn', id), args: fieldsIn(call, 'args', id) }
    }
    case 'subscribe': {
      const asked = objectOf(body, id, kind)
      return { kind, id, ...instanceOf(asked, 'context', id), etag: etagIn(asked, id) }
    }
    case 'join': {
      const asked = objectOf(body, id, kind)
      return { kind, id, ...instanceOf(asked, 'channel', id), since: sinceIn(asked, id) }
    }
    case 'send':
      return { kind, id, message: body }
    default:
      if (body !== true) throw new FrameError(id, `${kind} is true`)
      return { kind, id }
  }
}

function parse(text: string): Fields {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new FrameError(undefined, 'a frame is a JSON object')
  }
  return objectOf(value, undefined, 'a frame')
}

function idOf(fields: Fields): FrameId | undefined {
  if (!Object.hasOwn(fields, 'id')) return undefined
  const { id } = fields
  if (Number.isSafeInteger(id)) return id as number // cast: checked to be one
  if (typeof id === 'string' && id.length > 0 && id.length <= 64) return id
  throw new FrameError(undefined, 'an id is an integer, or 1 to 64 characters')
}

function tokenOf(body: unknown, id: FrameId | undefined): string | null {
  if (body === null) return null
  if (typeof body === 'string' && body.length <= maximumToken && /^[\x20-\x7e]*$/.test(body))
    return body
  throw new FrameError(id, `auth is a token of up to ${maximumToken} characters, or null`)
}

function objectOf(value: unknown, id: FrameId | undefined, what: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new FrameError(id, `${what} is a JSON object`)
  return value as Fields // cast: checked to be an object
}

function instanceOf(asked: Fields, key: string, id: FrameId): Instance {
  return { name: nameIn(asked, key, id), params: fieldsIn(asked, 'params', id) }
}

function nameIn(fields: Fields, key: string, id: FrameId): string {
  const name = Object.hasOwn(fields, key) ? fields[key] : undefined
  if (typeof name !== 'string') throw new FrameError(id, `${key} is a name`)
  return name
}

function fieldsIn(fields: Fields, key: string, id: FrameId): Fields {
  return Object.hasOwn(fields, key) ? objectOf(fields[key], id, key) : {}
}

function etagIn(fields: Fields, id: FrameId): string | undefined {
  const etag = Object.hasOwn(fields, 'etag') ? fields['etag'] : undefined
  if (etag === undefined || (typeof etag === 'string' && etag.length <= 200)) return etag
  throw new FrameError(id, 'etag is a text')
}

function sinceIn(fields: Fields, id: FrameId): number | undefined {
  const since = Object.hasOwn(fields, 'since') ? fields['since'] : undefined
  if (since === undefined) return undefined
  if (Number.isSafeInteger(since)) return since as number // cast: checked to be one
  throw new FrameError(id, 'since is an integer')
}
