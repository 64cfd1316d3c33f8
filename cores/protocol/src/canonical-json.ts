/** The one text of a JSON value: RFC 8785 (JSON Canonicalization Scheme). */

import { MizanError } from './errors.ts'

/** What JSON can carry. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

const maximumDepth = 200

/**
 * Serialises `value` with sorted keys and ECMAScript numbers; properties that are `undefined` are left out.
 *
 * @throws MizanError `VALIDATION_FAILED` for NaN, infinities, lone surrogates, what JSON has no form for,
 *   and values nested more than 200 deep.
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0)
}

function write(value: unknown, depth: number): string {
  if (depth > maximumDepth) throw refuse('is nested too deep', value)
  switch (typeof value) {
    case 'string':
      return writeText(value)
    case 'number':
      if (!Number.isFinite(value)) throw refuse('is not a JSON number', value)
      return JSON.stringify(value)
    case 'boolean':
      return value ? 'true' : 'false'
    case 'object':
      if (value === null) return 'null'
      return Array.isArray(value) ? writeList(value, depth) : writeObject(value, depth)
    default:
      throw refuse('has no JSON form', value)
  }
}

function writeText(text: string): string {
  if (!text.isWellFormed()) throw refuse('holds a lone surrogate', text)
  return JSON.stringify(text)
}

function writeList(list: readonly unknown[], depth: number): string {
  return `[${list.map((item) => (item === undefined ? 'null' : write(item, depth + 1))).join(',')}]`
}

function writeObject(value: object, depth: number): string {
  let text = ''
  // RFC 8785 section 3.2.3 sorts by UTF-16 code units, which is what `sort` does when it is not told otherwise.
  for (const key of Object.keys(value).sort()) {
    const item: unknown = (value as Readonly<Record<string, unknown>>)[key] // cast: its own key
    if (item !== undefined)
      text += `${text === '' ? '' : ','}${writeText(key)}:${write(item, depth + 1)}`
  }
  return `{${text}}`
}

function refuse(problem: string, value: unknown): MizanError {
  // String() of an array walks it, and a text with a lone surrogate cannot be quoted.
  const shown =
    typeof value === 'string' || typeof value === 'object'
      ? `a ${typeof value}`
      : String(value).slice(0, 40)
  return new MizanError('VALIDATION_FAILED', `${shown} ${problem}`)
}
