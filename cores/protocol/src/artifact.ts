/** What the compiler writes and everything else works from. Names in it are wire names unless said otherwise. */

/** A JSON Schema (2020-12) of the keywords that the compiler emits. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: 'null' | 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object'
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly allOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  /** For index signatures of template literal types. */
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  /** `false` is never emitted: unknown properties are dropped. */
  readonly additionalProperties?: JsonSchema
  readonly items?: JsonSchema | false
  readonly prefixItems?: readonly JsonSchema[]
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly exclusiveMaximum?: number
  readonly multipleOf?: number
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
  readonly examples?: readonly unknown[]
  readonly deprecated?: boolean
  /** How the JSON becomes a TypeScript value (PROTOCOL section 3); plain JSON when absent. */
  readonly 'x-mizan'?: WireKind
}

/**
 * Values that JSON carries in another form. `void` is `null` on the wire and `undefined` in TypeScript; a `file` is a part of
 * a multipart body, named by its JSON Pointer in the arguments, where `null` stands in its place.
 */
export type WireKind = 'date' | 'bigint' | 'bytes' | 'map' | 'set' | 'void' | 'file'

/** One argument, in the order of the declaration. */
export interface ArtifactParam {
  /** Wire name. */
  readonly name: string
  /** The name in the source. */
  readonly key: string
  readonly schema: JsonSchema
  readonly required: boolean
  /** Declared as `...ids: number[]`: one list on the wire, spread when the function is called. Only the last can be it. */
  readonly rest?: true
}

/** What a mutation invalidates, as its options say. */
export interface ArtifactTarget {
  readonly context: string
  readonly function?: string
  readonly params?: Readonly<Record<string, unknown>>
  /** `UserContext.own`: only the caller's instances. */
  readonly own?: true
}

/** An error class in `throws`: a member of the union that clients get. */
export interface ArtifactError {
  readonly code: string
  readonly status: number
  /** Of `details`; absent when the class carries no data. */
  readonly data?: JsonSchema
}

/** What `upload` allows. */
export interface ArtifactUpload {
  /** Bytes of one file. */
  readonly maxBytes?: number
  readonly maxFiles?: number
  /** Media types, `image/*` included. */
  readonly types?: readonly string[]
}

/** One marked function. */
export interface ArtifactFunction {
  /** Name in the source, camelCase: what hooks and `call…` are named after. */
  readonly key: string
  /** Where it stands: `src/tasks.ts#Tasks.updateTask` or `src/echo.ts#echo`; no line, so that moving code changes nothing. */
  readonly source: string
  readonly doc?: string
  readonly deprecated?: true
  readonly params: readonly ArtifactParam[]
  /** The declared parameter is one destructured object whose properties are the arguments. */
  readonly destructured?: true
  /** Arguments are one object, checked by the Standard Schema in `input`. */
  readonly input?: true
  /** Of one item when the function streams. */
  readonly result: JsonSchema
  /** Returns an async iterable: the answer is NDJSON, one item a line. */
  readonly stream?: true
  /** Sorted by code. */
  readonly throws?: readonly ArtifactError[]
  readonly upload?: ArtifactUpload
  /** Returns a web `Response`. */
  readonly view?: true
  readonly context?: string
  readonly merge?: string
  readonly affects?: readonly ArtifactTarget[]
  readonly private?: true
  /** With `:params`, as in the source: `/profile/:userId/`. */
  readonly route?: string
  readonly methods?: readonly string[]
  readonly auth?: 'required' | 'staff' | 'superuser' | 'custom'
  readonly cache?: false | { readonly ttl?: number; readonly staleFor?: number }
  readonly rev?: number
  readonly websocket?: true
  readonly transaction?: false
  /** Milliseconds. */
  readonly timeout?: number
}

/** A context: the public data functions that share one request. */
export interface ArtifactContext {
  /** Wire names of its public data functions, sorted. */
  readonly functions: readonly string[]
  /** The union of its members' params by wire name, sorted; required when any member requires it. */
  readonly params: readonly ArtifactParam[]
}

/** A channel of the live socket: typed messages between those who may join. */
export interface ArtifactChannel {
  /** Its wire name in camelCase: what hooks are named after. */
  readonly key: string
  /** The exported constant: `src/tasks.ts#taskChannel`. */
  readonly source: string
  readonly doc?: string
  readonly params: readonly ArtifactParam[]
  readonly message: JsonSchema
}

/** `mizan/artifact.gen.json`, and inside `server.gen.ts`. Keys are sorted, so that it is stable byte for byte. */
export interface Artifact {
  readonly version: 1
  /**
   * First 16 hex digits of SHA-256 over the canonical JSON of everything else, without what only describes (`doc`,
   * `source`, `deprecated`, and in schemas `description`, `title`, `examples`): a comment outdates no client.
   */
  readonly digest: string
  readonly functions: Readonly<Record<string, ArtifactFunction>>
  readonly contexts: Readonly<Record<string, ArtifactContext>>
  /** Absent when there is none. */
  readonly channels?: Readonly<Record<string, ArtifactChannel>>
  /** Named types; schemas refer to them by `#/$defs/Name`. */
  readonly $defs: Readonly<Record<string, JsonSchema>>
}
