/** From what stands in the inputs to what the function takes, and what is wrong with it: by the rules of the server. */

import type { FieldDescriptor } from '../form-descriptor.ts'
import { type Draft, type DraftItem, isBlank } from './draft.ts'
import type { FieldProblem, FieldRule } from './field-problem.ts'

/** Where problems go. */
export type Report = (problem: FieldProblem) => void

/** The value of `draft`, `undefined` for one that is left out. What does not fit is reported. */
export function parseDraft(
  field: FieldDescriptor,
  draft: Draft,
  { path, report }: { readonly path: string; readonly report: Report },
): unknown {
  const fail = (rule: FieldRule): undefined => void report({ path, rule, field })

  function parseText(text: string): unknown {
    if (text === '' && (field.nullable || (!field.required && hasRules(field)))) return absent()
    if (text === '' && field.kind === 'text' && !hasRules(field)) return text
    if (text === '') return fail('required')
    const { length } = [...text]
    if (length < (field.minLength ?? 0)) fail('minLength')
    if (length > (field.maxLength ?? Infinity)) fail('maxLength')
    if (field.pattern !== undefined && !new RegExp(field.pattern, 'u').test(text)) fail('pattern')
    if (field.format !== undefined && !(shapes[field.format]?.test(text) ?? true)) fail('format')
    return text
  }

  function parseNumber(text: string): unknown {
    const number = Number(text)
    if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,3})?$/i.test(text)) return fail('number')
    const { min = -Infinity, max = Infinity, above = -Infinity, below = Infinity, step } = field
    if (number < min) fail('min')
    if (number > max) fail('max')
    if (number <= above && field.above !== undefined) fail('above')
    if (number >= below && field.below !== undefined) fail('below')
    // 0.3 is a multiple of 0.1, whatever binary fractions say.
    if (step && Math.abs(number / step - Math.round(number / step)) > 1e-9) fail('step')
    return number
  }

  function absent(): null | undefined {
    if (field.nullable) return null
    return field.required ? fail('required') : undefined
  }

  function parseScalar(text: string): unknown {
    if (text === '') return absent()
    if (field.kind === 'number') return parseNumber(text)
    if (field.kind === 'bigint') return /^-?\d+$/.test(text) ? BigInt(text) : fail('bigint')
    if (field.kind === 'date') {
      const date = new Date(toInstant(text))
      return Number.isNaN(date.getTime()) ? fail('date') : date
    }
    const option = field.options?.find((one) => String(one) === text)
    return option ?? fail('choice')
  }

  function parseFile(file: unknown): unknown {
    if (!(file instanceof Blob)) return absent()
    const { accept = [], maxBytes = Infinity } = field
    if (file.size > maxBytes) fail('maxBytes')
    if (accept.length > 0 && !accept.some((type) => isOfType(file.type, type))) fail('accept')
    return file
  }

  function parseList(items: readonly DraftItem[]): unknown {
    const { item, minItems = 0, maxItems = Infinity } = field
    if (items.length === 0 && !field.required) return field.nullable ? null : undefined
    if (items.length < minItems) fail('minItems')
    if (items.length > maxItems) fail('maxItems')
    const values = items.map(
      ({ draft: one }, at) => item && parseDraft(item, one, { path: `${path}.${at}`, report }),
    )
    if (field.unique && new Set(values).size < values.length) fail('unique')
    return values
  }

  function parseGroup(): unknown {
    if (isBlank(draft) && !field.required) return field.nullable ? null : undefined
    return Object.fromEntries(
      (field.fields ?? []).flatMap((one) => {
        // cast: the draft of a group has its fields.
        const own = (draft as Readonly<Record<string, Draft>> | undefined)?.[one.wire]
        const value = parseDraft(one, own, { path: `${path}.${one.wire}`, report })
        return value === undefined ? [] : [[one.wire, value]]
      }),
    )
  }

  switch (field.kind) {
    case 'text':
      return parseText(textOf(draft))
    case 'boolean':
      return draft === undefined ? (field.required ? false : undefined) : draft === true
    case 'file':
      return parseFile(draft)
    case 'list':
      return parseList((draft ?? []) as readonly DraftItem[]) // cast: see toDraft
    case 'group':
      return parseGroup()
    case 'json':
    case 'bytes':
      return draft === undefined ? absent() : draft
    default:
      return parseScalar(textOf(draft).trim())
  }
}

/** Whether a text field has more to say of a text than that it is one: then an empty one is none. */
export function hasRules({ format, pattern, minLength = 0 }: FieldDescriptor): boolean {
  return format !== undefined || pattern !== undefined || minLength > 0
}

/** Coarse on purpose: what passes here and is none, the server says. */
const shapes: Readonly<Record<string, RegExp>> = {
  email: /^[^\s@]+@[^\s@]+$/,
  uri: /^[a-z][a-z\d+.-]*:\S+$/i,
  date: /^\d{4}-\d\d-\d\d$/,
  uuid: /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i,
}

/** Inputs of dates know no zone: what they hold is in UTC, here as where a form is sent without a script. */
function toInstant(text: string): string {
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?$/.test(text)
    ? `${text.replace(' ', 'T')}Z`
    : text
}

function textOf(draft: Draft): string {
  return typeof draft === 'string' ? draft : ''
}

function isOfType(type: string, accepted: string): boolean {
  return accepted.endsWith('/*') ? type.startsWith(accepted.slice(0, -1)) : type === accepted
}
