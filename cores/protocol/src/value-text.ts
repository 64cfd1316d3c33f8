/** The one text of a param's value: in URLs, headers and cache keys (PROTOCOL section 6). */

import { canonicalJson } from './canonical-json.ts'
import type { JsonSchema } from './artifact.ts'
import { MizanError } from './errors.ts'

/** How a type's values become text: of one JSON kind each has a plain form, `json` is everything else. */
export type TextKind = 'string' | 'boolean' | 'number' | 'json'

/** The kind of a param's declared type; `$defs` resolve references. */
export function textKindOf(
  schema: JsonSchema,
  $defs: Readonly<Record<string, JsonSchema>>,
): TextKind {
  if (schema.$ref !== undefined) {
    const target = $defs[schema.$ref.replace('#/$defs/', '')]
    return target === undefined ? 'json' : textKindOf(target, $defs)
  }
  const values = schema.enum ?? (Object.hasOwn(schema, 'const') ? [schema.const] : undefined)
  if (values !== undefined) {
    const kinds = new Set(values.map((value) => (value === null ? 'json' : typeof value)))
    const [kind] = kinds
    return kinds.size === 1 && (kind === 'string' || kind === 'boolean' || kind === 'number')
      ? kind
      : 'json'
  }
  if (schema.type === 'string' || schema.type === 'boolean' || schema.type === 'number')
    return schema.type
  return schema.type === 'integer' ? 'number' : 'json'
}

/**
 * The text of a wire value (after Date, bigint and the like became strings).
 *
 * @throws MizanError `VALIDATION_FAILED` for lone surrogates and numbers that are not finite.
 */
export function toValueText(value: unknown, kind: TextKind): string {
  const text = canonicalJson(value)
  return typeof value === 'string' && kind !== 'json' ? value : text
}

/**
 * The wire value of a text. Only the one spelling that {@link toValueText} gives is accepted, so that one value has
 * one URL: `05`, `1e1` and `TRUE` are refused.
 *
 * @throws MizanError `BAD_REQUEST`
 */
export function fromValueText(text: string, kind: TextKind, name: string): unknown {
  if (kind === 'string') return text
  try {
    const value: unknown = JSON.parse(text)
    const fits = kind === 'json' || typeof value === kind
    if (fits && canonicalJson(value) === text) return value
  } catch {
    // No JSON, or `1e999` and the like, which JSON.parse takes and no text stands for.
  }
  throw misspelt(text, kind, name)
}

function misspelt(text: string, kind: TextKind, name: string): MizanError {
  const wanted = kind === 'json' ? 'canonical JSON' : `a ${kind} in its plain form`
  return new MizanError('BAD_REQUEST', `${name} must be ${wanted}, got "${text.slice(0, 40)}"`)
}
