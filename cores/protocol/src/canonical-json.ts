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
  if (Array.isArray(value)) return writeList(value, depth)
  if (typeof value === 'object' && value !== null) return writeObject(value, depth)
  if (typeof value === 'string' && !value.isWellFormed()) {
    throw refuse('holds a lone surrogate', value)
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw refuse('is not a JSON number', value)
  }
  // cast: functions and symbols have none.
  const text = typeof value === 'bigint' ? undefined : (JSON.stringify(value) as string | undefined)
  if (!text) throw refuse('has no JSON form', value)
  return text
}

function writeList(list: readonly unknown[], depth: number): string {
  return `[${list.map((item) => write(item ?? null, depth + 1)).join(',')}]`
}

function writeObject(value: object, depth: number): string {
  let text = ''
  // RFC 8785 section 3.2.3 sorts by UTF-16 code units, which is what `sort` does when it is not told otherwise.
  for (const key of Object.keys(value).sort()) {
    const item: unknown = (value as Readonly<Record<string, unknown>>)[key] // cast: its own key
    if (item !== undefined) text += `${text && ','}${write(key, depth)}:${write(item, depth + 1)}`
  }
  return `{${text}}`
}

function refuse(problem: string, value: unknown): MizanError {
  const shown = typeof value === 'number' ? value : `a ${typeof value}`
  return new MizanError('VALIDATION_FAILED', `${shown} ${problem}`)
}
