/** What a page may say about a form. */

import type { MizanError } from '@mizan/protocol'

import type { FieldPath } from './field-path.ts'
import type { FieldProblem } from './field-problem.ts'
import type { ReturnedForm } from './returned-form.ts'

/** Read when the form is made: `initial`, `returned`, `id`, `base`. The others whenever they are needed. */
export interface FormOptions<Args, Result = unknown, Failure extends MizanError = MizanError> {
  /** What it begins with. */
  readonly initial?: Partial<Args>
  /** What the server's `getFormState(fn)` says: a form that was sent without a script and came back. */
  readonly returned?: ReturnedForm | undefined
  /** What the ids of its elements begin with: two forms of one function on a page need two. @default the function's name */
  readonly id?: string
  /** Path under which the server is mounted, for pages without a script. @default '/api/mizan' */
  readonly base?: string
  /** Other words for a problem; the English ones where it says nothing. */
  messages?(problem: FieldProblem): string | undefined
  /** What no single field knows: dotted path → message. Asked when each field is good on its own. */
  check?(args: Args): { readonly [Path in FieldPath<Args> | '']?: string } | undefined
  /** The field that a declared error is about: `{ NAME_TAKEN: 'name' }`. */
  readonly errorFields?: { readonly [Code in Failure['code']]?: FieldPath<Args> }
  /** After the call, with its result. */
  onSuccess?(result: Result, args: Args): void
}
