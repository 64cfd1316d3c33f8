/** What `values.ts` of a fixture exports. */

import type { ContextDescriptor } from '@mizan/base'

/**
 * `values`: for each function, by its name in the source, a list of argument objects. A function gives back what it is given: its
 * only argument, or all of them as an object. `typeof import('./mizan/client.gen.ts')` is `Client`, so that the generated
 * types are checked too.
 */
export type FixtureValues<Client> = {
  readonly [Key in keyof Client as CalledName<Key>]: readonly Given<Client[Key]>[]
} & MemberValues<Client[keyof Client]>

/**
 * `answers`: for functions that give something else than what they are given, the answer to each argument object; an error is
 * written `{ fails: { code, details } }`, the items of a stream as a list.
 */
export type FixtureAnswers = Readonly<Record<string, readonly unknown[]>>

/** An answer that is an error. */
export interface FailedAnswer {
  readonly fails: { readonly code: string; readonly details?: unknown }
}

type CalledName<Key> = Key extends `call${infer Name}`
  ? Name extends ''
    ? never
    : Uncapitalize<Name>
  : never

type Given<Call> = Call extends (args: infer Args, ...rest: never[]) => unknown
  ? NonNullable<Args>
  : never

/** A member's name, for each context of the client. */
type MemberValues<Exported> = (
  Exported extends ContextDescriptor<infer Params, infer Data>
    ? (values: { readonly [Key in keyof Data]: readonly Params[] }) => void
    : never
) extends (values: infer All) => void
  ? All
  : never
