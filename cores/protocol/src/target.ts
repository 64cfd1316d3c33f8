/** Invalidation targets and their two forms: JSON in the body, a line of text in the header (PROTOCOL section 5). */

import { MizanError } from './errors.ts'
import { isWireName } from './names.ts'
import { isObject } from './parse-object.ts'

/** What an invalidation reaches. Names are wire names; `params` hold the texts or JSON values that an instance must include. */
export interface Target {
  readonly context: string
  readonly function?: string
  readonly params?: Readonly<Record<string, unknown>>
}

/** A target as it stands in `invalidate` of an answer: a broad one is the context's name. */
export type TargetBody = string | Target

/** Above this many bytes a header falls back to broad targets. */
export const maximumHeaderBytes = 2048

/**
 * Formats targets as the `X-Mizan-Invalidate` header: `user;user_id=5, notifications`.
 * Over 2 kB the targets become broad, each context once.
 *
 * @see PROTOCOL section 5
 */
export function formatInvalidate(targets: readonly Target[]): string {
  const [first] = targets
  const full =
    targets.length === 1 && first !== undefined
      ? formatTarget(first)
      : unique(targets.map(formatTarget)).join(', ')
  return full.length <= maximumHeaderBytes
    ? full
    : unique(targets.map((target) => target.context)).join(', ')
}

function formatTarget(target: Target): string {
  const name =
    target.function === undefined ? target.context : `${target.context}.${target.function}`
  const { params = {} } = target
  let text = name
  for (const key of Object.keys(params).sort()) {
    const value = params[key]
    if (value !== undefined) text += `;${encode(key)}=${encode(toHeaderText(value))}`
  }
  return text
}

/**
 * Reads an `X-Mizan-Invalidate` or `X-Mizan-Mounted` header; params come back as texts.
 *
 * @throws MizanError `BAD_REQUEST` when the text is not of the grammar.
 */
export function parseInvalidate(text: string): Target[] {
  if (text.trim() === '') return []
  return text.split(',').map((part) => parseTarget(part.trim()))
}

function parseTarget(text: string): Target {
  const [name = '', ...pairs] = text.split(';')
  const [context = '', member, ...rest] = name.split('.')
  if (!isWireName(context) || (member !== undefined && !isWireName(member)) || rest.length > 0)
    throw malformed(text)
  const params = new Map<string, string>()
  for (const pair of pairs) {
    const at = pair.indexOf('=')
    if (at < 1) throw malformed(text)
    const key = decode(pair.slice(0, at), text)
    if (params.has(key)) throw malformed(text)
    params.set(key, decode(pair.slice(at + 1), text))
  }
  return {
    context,
    ...(member === undefined ? {} : { function: member }),
    ...(params.size === 0 ? {} : { params: Object.fromEntries(params) }),
  }
}

/** A target's form in a body: the bare name when it is broad. */
export function toTargetBody(target: Target): TargetBody {
  return target.function === undefined && target.params === undefined ? target.context : target
}

/** Reads one element of `invalidate`; `undefined` for what is not a target. */
export function fromTargetBody(body: unknown): Target | undefined {
  if (typeof body === 'string') return { context: body }
  const { context, function: member, params } = isObject(body) ? body : {}
  if (typeof context !== 'string') return undefined
  return {
    context,
    ...(typeof member === 'string' ? { function: member } : {}),
    ...(isObject(params) ? { params } : {}),
  }
}

/**
 * Whether `target` reaches the instance of its context that was made with `params` (both as texts): every param
 * given must be equal or absent in the instance.
 */
export function reaches(target: Target, params: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(target.params ?? {}).every(([name, value]) => {
    const own = Object.hasOwn(params, name) ? params[name] : undefined
    return own === undefined || toHeaderText(own) === toHeaderText(value)
  })
}

function toHeaderText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}

/** Percent-encodes everything but RFC 3986 unreserved characters. */
function encode(text: string): string {
  if (/^[\w.~-]*$/.test(text)) return text
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function decode(text: string, whole: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw malformed(whole)
  }
}

function malformed(text: string): MizanError {
  return new MizanError('BAD_REQUEST', `not an invalidation target: "${text.slice(0, 60)}"`)
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)]
}
