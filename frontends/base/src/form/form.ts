/** A form as bindings and pages see it. */

import type { MizanError } from '@mizan/protocol'

import type { FieldDescriptor } from '../form-descriptor.ts'
import type { UploadProgress } from '../upload-progress.ts'
import type { FieldAttributes } from './field-attributes.ts'
import type { FieldPath, FieldValue, ListPath } from './field-path.ts'

/** A frozen snapshot of a form. */
export interface FormState<Result = unknown, Failure extends MizanError = MizanError> {
  /**
   * What is wrong, by dotted path; '' is the form as a whole. The page's own checks count from when a field was left or the
   * form was sent; the server's until the field is changed.
   */
  readonly errors: Readonly<Record<string, string>>
  /** Something differs from what the form began with, or from what it sent last. */
  readonly isDirty: boolean
  /** The page's own checks find nothing, shown or not. */
  readonly isValid: boolean
  readonly isSubmitting: boolean
  /** While files are sent and the kernel has `fetchWithProgress`. */
  readonly progress: UploadProgress | undefined
  /** The last call succeeded, and nothing was changed since. */
  readonly isSubmitted: boolean
  readonly result: Result | undefined
  /** Of the last call. */
  readonly error: Failure | undefined
}

/** One of the values that can be chosen. */
export interface FormChoice {
  readonly value: string
  readonly isSelected: boolean
}

/** One field as a page draws it. */
export interface FormField {
  readonly path: string
  readonly descriptor: FieldDescriptor
  readonly label: string
  readonly help: string | undefined
  readonly error: string | undefined
  /** Ids for `<label for>`, and for the elements that `aria-describedby` names. */
  readonly id: string
  readonly errorId: string
  readonly helpId: string
  /** What stands in the input; of a `json` field its value. */
  readonly draft: unknown
  readonly isDirty: boolean
  readonly isTouched: boolean
  /** Of a `choice`: its `<option>`s. */
  readonly options: readonly FormChoice[]
  readonly attributes: FieldAttributes
}

/** One item of a list. */
export interface FormItem {
  /** Its own as long as it is there, wherever it moves. */
  readonly key: number
  /** `lines.0` */
  readonly path: string
}

/** A list as a page draws it. */
export interface FormList {
  readonly items: readonly FormItem[]
  readonly canAdd: boolean
  readonly canRemove: boolean
}

/** A form. Nobody needs to dispose of it. */
export interface Form<Args, Result, Failure extends MizanError = MizanError> {
  /** Keeps its identity until it changes. */
  read(): FormState<Result, Failure>
  subscribe(listener: () => void): () => void
  /**
   * @param type of the input, where another suits better: `password`, `date`, `textarea`
   * @throws TypeError for a path where there is no field
   */
  field(path: FieldPath<Args>, type?: string): FormField
  list(path: ListPath<Args>): FormList
  /** Puts a value, or the text of one, into a field. */
  set<Path extends FieldPath<Args>>(path: Path, value: FieldValue<Args, Path> | string): void
  /** What was done to the input of a field. */
  change(path: FieldPath<Args>, control: EventTarget | null): void
  /** The field was left: from now on it says what is wrong with it. */
  touch(path: FieldPath<Args>): void
  add(path: ListPath<Args>, value?: unknown): void
  remove(path: ListPath<Args>, index: number): void
  move(path: ListPath<Args>, from: number, to: number): void
  /** Asks the server for its opinion, without running the function; what it finds is in `errors`. */
  validate(): Promise<boolean>
  /**
   * Calls the function with what was filled in, unless something is wrong with it. While a call is on its way, the same promise.
   *
   * @returns the result; undefined when there is none, for reasons in `errors`
   */
  submit(): Promise<Result | undefined>
  /** Begins again: with other values, or those of the beginning. */
  reset(initial?: Partial<Args>): void
  /** Where and how a page without a script sends it. */
  readonly attributes: {
    readonly action: string
    readonly method: 'post'
    readonly enctype: 'multipart/form-data' | 'application/x-www-form-urlencoded'
  }
}
