/** Descriptors to requests, and answers back to values. */

import type {
  ArgumentDescriptor,
  CallDescriptor,
  ContextDescriptor,
  MemberDescriptor,
} from './descriptors.ts'
import type { UploadProgress } from './upload-progress.ts'
import type { KernelAnswer, KernelRequest } from './transport.ts'

// `headerNames.artifact`, spelt out so that the table of all headers stays out of the page's bundle.
const artifactHeader = 'x-mizan-artifact'

/** How a read or call is made. */
export interface RequestOptions {
  /** Aborting rejects the promise with the signal's reason; the server may have done the work. */
  readonly signal?: AbortSignal
  /** Told how much of a call's files was sent, where the kernel has `fetchWithProgress`. */
  readonly onProgress?: (progress: UploadProgress) => void
}

/** What a read carries besides its address. */
export interface ReadRequestOptions extends RequestOptions {
  /** Of the bundle at hand, so that an unchanged one is not sent again. */
  readonly etag?: string | null
}

/** The request that reads the instance of `context` with this query. */
export function toReadRequest<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  query: string,
  { etag, signal }: ReadRequestOptions,
): KernelRequest {
  return {
    name: context.name,
    idempotent: true,
    method: 'GET',
    path: `/ctx/${context.name}/${query && '?'}${query}`,
    headers: {
      [artifactHeader]: context.artifact,
      ...(etag && { 'if-none-match': etag }),
    },
    signal,
  }
}

/** The request that calls `fn`; arguments that it does not declare stay behind. */
export function toCallRequest<Args, Result>(
  fn: CallDescriptor<Args, Result>,
  args: Args | undefined,
  options?: RequestOptions,
): KernelRequest {
  const wire = toWire(fn.args, args)
  const request: KernelRequest = {
    name: fn.name,
    idempotent: false,
    method: 'POST',
    path: '/call/',
    headers: { [artifactHeader]: fn.artifact, 'content-type': 'application/json' },
    body: JSON.stringify({ fn: fn.name, args: wire }),
    args,
    ...options,
  }
  return fn.adapt?.(request, wire) ?? request
}

/** The JSON of `values` by wire name; what is not declared stays behind. */
export function toWire<Values>(
  declared: {
    readonly [Key in keyof Values]-?: ArgumentDescriptor<Exclude<Values[Key], undefined>>
  },
  values: Values | undefined,
): Readonly<Record<string, unknown>> {
  const json: Record<string, unknown> = {}
  // cast: Object.entries forgets the names and value types of a generic mapped type.
  for (const [key, { wire, encode }] of Object.entries(declared) as [
    keyof Values,
    ArgumentDescriptor,
  ][]) {
    const value: unknown = values?.[key]
    // cast: a descriptor's encode takes the values of its own argument.
    if (value !== undefined) json[wire] = encode ? encode(value as never) : value
  }
  return json
}

/**
 * The result in an answer to a call of `fn`.
 *
 * @throws MizanError the answer's own.
 */
export function toResult<Args, Result>(
  fn: CallDescriptor<Args, Result>,
  answer: KernelAnswer,
): Result {
  if (answer.error) throw fn.failed?.(answer.error) ?? answer.error
  const result = answer.body?.['result']
  // cast: without a decode the declared type is plain JSON.
  return fn.decode ? fn.decode(result) : (result as Result)
}

/** The value of one member in a bundle; `undefined` when an older server does not send it. */
export function toMember(member: MemberDescriptor, json: unknown): unknown {
  return member.decode && json !== undefined ? member.decode(json) : json
}

/** The members of `context` by their names in TypeScript. */
export function membersOf<Params, Data>(
  context: ContextDescriptor<Params, Data>,
): [key: keyof Data & string, member: MemberDescriptor][] {
  // cast: Object.entries forgets both the names and the value type of a generic mapped type.
  return Object.entries(context.members) as [keyof Data & string, MemberDescriptor][]
}
