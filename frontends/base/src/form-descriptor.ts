/** What generated code tells a form about a function: its fields, as the compiled schema knows them. */

import type { MizanError } from '@mizan/protocol'

import type { CallDescriptor } from './descriptors.ts'

/**
 * What a field holds. `choice` is one of `options`, `group` an object of `fields`, `list` any number of `item`; `json` is anything
 * else, which a page draws itself.
 */
export type FieldKind =
  | 'text'
  | 'number'
  | 'boolean'
  | 'choice'
  | 'date'
  | 'bigint'
  | 'bytes'
  | 'file'
  | 'list'
  | 'group'
  | 'json'

/** One field. */
export interface FieldDescriptor {
  readonly kind: FieldKind
  /** The name on the wire, which is also that of the input: what a page without JavaScript sends. */
  readonly wire: string
  readonly required: boolean
  /** `null` is a value: an empty input stands for it. */
  readonly nullable?: true
  /** The title, or the first line of the documentation. */
  readonly label?: string
  /** The rest of the documentation. */
  readonly help?: string
  readonly default?: unknown
  /** Of a `choice`. */
  readonly options?: readonly (string | number | boolean)[]
  /** Such as `email` or `uri`. */
  readonly format?: string
  /** A regular expression that some part of the text matches: anchors stand in it. */
  readonly pattern?: string
  /** Characters, at least. */
  readonly minLength?: number
  /** Characters, at most. */
  readonly maxLength?: number
  readonly min?: number
  readonly max?: number
  /** More than this. */
  readonly above?: number
  /** Less than this. */
  readonly below?: number
  /** Values are multiples of it. */
  readonly step?: number
  /** Items of a list. */
  readonly minItems?: number
  readonly maxItems?: number
  /** No item twice. */
  readonly unique?: true
  /** Media types of a file, `image/*` included. */
  readonly accept?: readonly string[]
  /** Bytes of a file. */
  readonly maxBytes?: number
  /** Of a `list`; its own name is empty. */
  readonly item?: FieldDescriptor
  /** Of a `group`; deeper names are the same on the wire and in TypeScript. */
  readonly fields?: readonly FieldDescriptor[]
}

/** A function as a form fills it in. */
export interface FormDescriptor<Args, Result, Failure extends MizanError = MizanError> {
  readonly call: CallDescriptor<Args, Result, Failure>
  readonly fields: { readonly [Key in keyof Args]-?: FieldDescriptor }
}
