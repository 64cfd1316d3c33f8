/** What generated code tells the kernel about a context or a function: names on both sides, and how values cross. */

import type { MizanError, TextKind } from '@mizan/protocol'

import type { KernelRequest } from './transport.ts'

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
export interface ContextDescriptor<Params, Data, Failure extends MizanError = MizanError> {
  /** The name on the wire. */
  readonly name: string
  /** Digest of the artifact that this was generated from. */
  readonly artifact: string
  readonly params: {
    readonly [Key in keyof Params]-?: ParamDescriptor<Exclude<Params[Key], undefined>>
  }
  readonly members: { readonly [Key in keyof Data]-?: MemberDescriptor<Data[Key]> }
  /** The error that was declared, of the one that came; the same when absent. */
  failed?(error: MizanError): Failure
}

/** A function that is called, not mounted. */
export interface CallDescriptor<Args, Result, Failure extends MizanError = MizanError> {
  /** The name on the wire. */
  readonly name: string
  /** Digest of the artifact that this was generated from. */
  readonly artifact: string
  readonly args: {
    readonly [Key in keyof Args]-?: ArgumentDescriptor<Exclude<Args[Key], undefined>>
  }
  decode?(json: unknown): Result
  /** The error that was declared, of the one that came; the same when absent. */
  failed?(error: MizanError): Failure
  /** The request with a body of another kind than JSON, such as files; `args` by wire name. */
  adapt?(request: KernelRequest, args: Readonly<Record<string, unknown>>): KernelRequest
}

/** A function that answers item by item; `decode` is of one item. */
export interface StreamDescriptor<
  Args,
  Item,
  Failure extends MizanError = MizanError,
> extends CallDescriptor<Args, Item, Failure> {
  readonly stream: true
}

/** A channel of the live connection. */
export interface ChannelDescriptor<Params, Message> {
  /** The name on the wire. */
  readonly name: string
  /** Digest of the artifact that this was generated from. */
  readonly artifact: string
  readonly params: {
    readonly [Key in keyof Params]-?: ArgumentDescriptor<Exclude<Params[Key], undefined>>
  }
  /** Of a message on its way out. */
  encode?(message: Message): unknown
  decode?(json: unknown): Message
}

/** `Value`, which may be left out when nothing in it is required. */
export type Given<Value> = Record<never, never> extends Value ? Value | undefined : Value

/** The argument list of a call: empty is allowed when nothing is required. */
export type Arguments<Args> = Record<never, never> extends Args ? [args?: Args] : [args: Args]
