/** The attributes of an input, from the field that it fills in: they hold without a script as well. */

import type { FieldDescriptor } from '../form-descriptor.ts'
import type { Draft, DraftItem } from './draft.ts'
import { hasRules } from './parse-draft.ts'

/** HTML attributes in lower case; those that are undefined are left out. */
export interface FieldAttributes {
  readonly id: string
  readonly name: string
  /** By which a form finds the first input that something is wrong with. */
  readonly 'data-path': string
  readonly required: boolean
  /** Of an `<input>`; undefined where the field is a `<select>` or a `<textarea>` by nature. */
  readonly type: string | undefined
  /** Of everything but ticks and files; a list where several can be chosen. */
  readonly value: string | readonly string[] | undefined
  /** Of a tick. */
  readonly checked: boolean | undefined
  readonly multiple: true | undefined
  readonly min: number | undefined
  readonly max: number | undefined
  readonly step: number | 'any' | undefined
  readonly minlength: number | undefined
  readonly maxlength: number | undefined
  readonly pattern: string | undefined
  readonly accept: string | undefined
  readonly 'aria-invalid': true | undefined
  readonly 'aria-describedby': string | undefined
}

/** Where an input stands, and what is in it. */
export interface FieldPlace {
  readonly path: string
  readonly id: string
  readonly name: string
  readonly draft: Draft
  readonly isInvalid: boolean
  /** Another type of input than the one that suits the field: `password`, `date`, `textarea`. */
  readonly type?: string
}

export function toAttributes(field: FieldDescriptor, place: FieldPlace): FieldAttributes {
  const { path, id, name, draft, isInvalid } = place
  // What is chosen several times over is one input, which has the rules of its items.
  const isList = field.kind === 'list'
  const one = (isList && field.item) || field
  const type = place.type === 'textarea' ? undefined : (place.type ?? typeOf(one))
  const hasText = one.kind === 'text'
  const described = [isInvalid && `${id}-error`, field.help !== undefined && `${id}-help`]
  return {
    id,
    name,
    'data-path': path,
    type,
    required: isNeeded(field),
    value: isList ? textsOf(draft) : valueOf(one, draft, type),
    checked: one.kind === 'boolean' ? draft === true : undefined,
    multiple: isList ? true : undefined,
    min: one.kind === 'number' ? one.min : undefined,
    max: one.kind === 'number' ? one.max : undefined,
    step: one.kind === 'number' ? (one.step ?? 'any') : undefined,
    minlength: hasText ? one.minLength : undefined,
    maxlength: hasText ? one.maxLength : undefined,
    pattern: hasText && type === 'text' ? patternOf(one.pattern) : undefined,
    accept: one.kind === 'file' ? one.accept?.join(',') : undefined,
    'aria-invalid': isInvalid || undefined,
    'aria-describedby': described.filter((text) => text !== false).join(' ') || undefined,
  }
}

const types: Readonly<Record<string, string | undefined>> = {
  boolean: 'checkbox',
  number: 'number',
  date: 'datetime-local',
  file: 'file',
  choice: undefined,
}

const formatTypes: Readonly<Record<string, string>> = { email: 'email', uri: 'url', date: 'date' }

function typeOf({ kind, format = '' }: FieldDescriptor): string | undefined {
  if (kind === 'text') return formatTypes[format] ?? 'text'
  return kind in types ? types[kind] : 'text'
}

/** An empty text is a text; an unticked box is a no. */
function isNeeded(field: FieldDescriptor): boolean {
  const { kind, required, nullable, minItems = 0 } = field
  if (!required || nullable || kind === 'boolean') return false
  if (kind === 'list') return minItems > 0
  return kind !== 'text' || hasRules(field)
}

function valueOf({ kind }: FieldDescriptor, draft: Draft, type?: string): string | undefined {
  if (kind === 'file' || kind === 'boolean') return undefined
  const text = typeof draft === 'string' ? draft : ''
  // As the two inputs for dates want it: what is typed there comes back so too.
  if (kind === 'date' && type === 'date') return text.slice(0, 10)
  return kind === 'date' ? text.slice(0, 16) : text
}

function textsOf(draft: Draft): string[] | undefined {
  // cast: lists hold items, see toDraft.
  const texts = ((draft ?? []) as readonly DraftItem[]).map(({ draft: text }) => text)
  return texts.every((text) => typeof text === 'string') ? texts : undefined
}

/** Browsers want the whole text to match, with the flag `v`; what they cannot read, the server checks. */
function patternOf(pattern: string | undefined): string | undefined {
  if (pattern === undefined) return undefined
  const start = pattern.startsWith('^') ? pattern.slice(1) : `[\\s\\S]*${pattern}`
  const whole = /[^\\]\$$/.test(start) ? start.slice(0, -1) : `${start}[\\s\\S]*`
  try {
    void new RegExp(whole, 'v')
    // With alternatives, cutting the anchors off would change what they mean.
    return pattern.includes('|') ? undefined : whole
  } catch {
    return undefined
  }
}
