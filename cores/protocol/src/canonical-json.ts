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
  if (Array.isArray(value)) {
    return `[${value.map((item: unknown) => write(item === undefined ? null : item, depth + 1)).join(',')}]`
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    // RFC 8785 section 3.2.3 sorts by UTF-16 code units, which is what `<` compares.
    entries.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    return `{${entries.map(([key, item]) => `${write(key, 0)}:${write(item, depth + 1)}`).join(',')}}`
  }
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw refuse('holds a lone surrogate', value)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw refuse('is not a JSON number', value)
  }
  if (!['string', 'number', 'boolean', 'object'].includes(typeof value)) {
    throw refuse('has no JSON form', value)
  }
  return JSON.stringify(value)
}

function refuse(problem: string, value: unknown): MizanError {
  // String() of an array walks it, and a text with a lone surrogate cannot be quoted.
  const shown =
    typeof value === 'string' || typeof value === 'object'
      ? `a ${typeof value}`
      : String(value).slice(0, 40)
  return new MizanError('VALIDATION_FAILED', `${shown} ${problem}`)
}
