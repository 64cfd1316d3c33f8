/** What can be wrong with a field before a server is asked, and the words for it. */

import type { FieldDescriptor } from '../form-descriptor.ts'

/** The constraint that was not met. */
export type FieldRule =
  | 'required'
  | 'number'
  | 'bigint'
  | 'date'
  | 'choice'
  | 'format'
  | 'pattern'
  | 'minLength'
  | 'maxLength'
  | 'min'
  | 'max'
  | 'above'
  | 'below'
  | 'step'
  | 'minItems'
  | 'maxItems'
  | 'unique'
  | 'accept'
  | 'maxBytes'

/** One thing that is wrong. */
export interface FieldProblem {
  /** Dotted, by the names of TypeScript. */
  readonly path: string
  readonly rule: FieldRule
  readonly field: FieldDescriptor
}

const sentences: Readonly<Record<FieldRule, (field: FieldDescriptor) => string>> = {
  required: () => 'This is needed',
  number: () => 'This must be a number',
  bigint: () => 'This must be a whole number',
  date: () => 'This must be a date',
  choice: () => 'Choose one of the options',
  format: ({ format }) => formats[format ?? ''] ?? `This must be of the form ${format}`,
  pattern: () => 'This has not the form that is asked for',
  minLength: ({ minLength }) => `This must have at least ${count(minLength, 'character')}`,
  maxLength: ({ maxLength }) => `This may have at most ${count(maxLength, 'character')}`,
  min: ({ min }) => `This must be ${min} or more`,
  max: ({ max }) => `This must be ${max} or less`,
  above: ({ above }) => `This must be more than ${above}`,
  below: ({ below }) => `This must be less than ${below}`,
  step: ({ step }) => `This must be a multiple of ${step}`,
  minItems: ({ minItems }) => `There must be at least ${count(minItems, 'entry', 'entries')}`,
  maxItems: ({ maxItems }) => `There may be at most ${count(maxItems, 'entry', 'entries')}`,
  unique: () => 'Nothing may be there twice',
  accept: ({ accept }) => `This must be a file of type ${accept?.join(' or ')}`,
  maxBytes: ({ maxBytes = 0 }) => `The file may have at most ${bytes(maxBytes)}`,
}

const formats: Readonly<Record<string, string>> = {
  email: 'This must be an email address, such as ada@example.org',
  uri: 'This must be an address, such as https://example.org',
  date: 'This must be a date, such as 2026-01-31',
  uuid: 'This must be a UUID',
}

/** The English text for a problem. */
export function messageOf({ rule, field }: FieldProblem): string {
  return sentences[rule](field)
}

function count(number = 0, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`
}

function bytes(number: number): string {
  if (number < 1024) return `${number} bytes`
  const [size, unit] = number < 1024 ** 2 ? [number / 1024, 'kB'] : [number / 1024 ** 2, 'MB']
  return `${Math.round(size * 10) / 10} ${unit}`
}
