/** What generated code tells the kernel about a context or a function: names on both sides, and how values cross. */

import type { TextKind } from '@mizan/protocol'

/** One param of a context. */
export interface ParamDescriptor<Value = never> {
  /** The name on the wire. */
  readonly wire: string
  readonly required: boolean
  /** How the value becomes text (PROTOCOL section 6). */
  readonly kind: TextKind
  /** The JSON form of a value that JSON has none for (Date, bigint); the value itself when absent. */
  encode?(value: Value): unknown
}

/** One argument of a function. */
export interface ArgumentDescriptor<Value = never> {
  readonly wire: string
  encode?(value: Value): unknown
}

/** One member of a context: a function whose result stands in the bundle. */
export interface MemberDescriptor<Value = unknown> {
  readonly wire: string
  // A method, so that generated code may declare the JSON it expects instead of `unknown`.
  decode?(json: unknown): Value
}

/** A context: what it takes and what it answers, by the names of TypeScript. */
export interface ContextDescriptor<Params, Data> {
  /** The name on the wire. */
  readonly name: string
  /** Digest of the artifact that this was generated from. */
  readonly artifact: string
  readonly params: {
    readonly [Key in keyof Params]-?: ParamDescriptor<Exclude<Params[Key], undefined>>
  }
  readonly members: { readonly [Key in keyof Data]-?: MemberDescriptor<Data[Key]> }
}

/** A function that is called, not mounted. */
export interface CallDescriptor<Args, Result> {
  /** The name on the wire. */
  readonly name: string
  /** Digest of the artifact that this was generated from. */
  readonly artifact: string
  readonly args: {
    readonly [Key in keyof Args]-?: ArgumentDescriptor<Exclude<Args[Key], undefined>>
  }
  decode?(json: unknown): Result
}

/** `Value`, which may be left out when nothing in it is required. */
export type Given<Value> = Record<never, never> extends Value ? Value | undefined : Value

/** The argument list of a call: empty is allowed when nothing is required. */
export type Arguments<Args> = Record<never, never> extends Args ? [args?: Args] : [args: Args]
