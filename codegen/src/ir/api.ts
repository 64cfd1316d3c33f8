/** What a project offers to its clients, as read from its source and before anything is written. */

import type { ArtifactFunction, ArtifactTarget } from '@mizan/protocol'
import type { Documented, DocumentedValue, NamedType, TypeNode } from './type.ts'

/** One argument. */
export interface ApiParam extends DocumentedValue {
  /** Wire name. */
  readonly wire: string
  /** The name in the source. */
  readonly key: string
  readonly type: TypeNode
  readonly required: boolean
  /** Declared as `...ids: number[]`: one list on the wire. */
  readonly rest?: true
}

/** Where a function is to be imported from. */
export interface ApiBinding {
  /** Path relative to the project, with forward slashes. */
  readonly module: string
  /** The name of the export: a class or a constant. */
  readonly exported: string
  /** The member of an exported class. */
  readonly member?: string
}

/** An error class in `throws`. */
export interface ApiError {
  readonly code: string
  readonly status: number
  /** Of `details`; absent when the class carries no data. */
  readonly data?: TypeNode
}

/** The options of a mark, in the artifact's form. */
export type ApiOptions = Pick<
  ArtifactFunction,
  | 'context'
  | 'merge'
  | 'private'
  | 'route'
  | 'methods'
  | 'auth'
  | 'cache'
  | 'rev'
  | 'websocket'
  | 'transaction'
  | 'timeout'
  | 'upload'
> & { readonly affects?: readonly ArtifactTarget[] }

/** One marked function. */
export interface ApiFunction extends Documented {
  /** Wire name. */
  readonly wire: string
  /** camelCase name: what hooks and calls are named after. */
  readonly key: string
  readonly binding: ApiBinding
  readonly params: readonly ApiParam[]
  readonly destructured: boolean
  /** Arguments are checked by a Standard Schema instead of the declared types. */
  readonly input: boolean
  /** Of one item when the function streams. */
  readonly result: TypeNode
  readonly view: boolean
  /** Returns an async iterable. */
  readonly stream?: true
  /** Sorted by code. */
  readonly throws?: readonly ApiError[]
  readonly options: ApiOptions
}

/** The public data functions of one context. */
export interface ApiContext {
  /** Wire name. */
  readonly wire: string
  readonly key: string
  readonly members: readonly ApiFunction[]
  readonly params: readonly ApiParam[]
}

/** A channel of the live socket. */
export interface ApiChannel extends Documented {
  readonly wire: string
  readonly key: string
  readonly binding: ApiBinding
  readonly params: readonly ApiParam[]
  readonly message: TypeNode
}

/** Everything, sorted by wire name. */
export interface Api {
  readonly functions: readonly ApiFunction[]
  readonly contexts: readonly ApiContext[]
  /** Absent when there is none. */
  readonly channels?: readonly ApiChannel[]
  /** Every named type that the functions mention, sorted by name. */
  readonly types: readonly NamedType[]
}

/** Whether clients may reach the function by a context or a call. */
export function isPublicData(fn: ApiFunction): boolean {
  return !fn.view && fn.options.private === undefined
}
