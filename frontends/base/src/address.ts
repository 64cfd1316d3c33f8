/** Which instance of a context is meant: the param texts, and the one key that equal params share. */

import { MizanError, toValueText } from '@mizan/protocol'

import type { ContextDescriptor, ParamDescriptor } from './descriptors.ts'
import { toMizanError } from './to-mizan-error.ts'

/** An instance of a context, by its params. */
export interface InstanceAddress {
  /** Wire name of the context. */
  readonly context: string
  /** Equal for equal params, whatever order or object they came in. */
  readonly key: string
  /** Params as a query, sorted and percent-encoded, without the question mark. */
  readonly query: string
  /** Param texts by wire name; absent params are left out. */
  readonly texts: Readonly<Record<string, string>>
  /** The JSON of the same. */
  readonly wire: Readonly<Record<string, unknown>>
}

/**
 * The address of the instance with `params`; keys that the context does not declare are ignored.
 *
 * @throws TypeError when a required param is missing.
 * @throws MizanError `VALIDATION_FAILED` for a value without a text, such as NaN.
 * @see PROTOCOL section 6
 */
export function toAddress<Params, Data>(
  context: ContextDescriptor<Params, Data>,
  params: Params | undefined,
): InstanceAddress {
  const texts: Record<string, string> = {}
  const json: Record<string, unknown> = {}
  for (const [key, { wire, kind, required, encode }] of paramsOf(context)) {
    const value: unknown = params?.[key]
    if (value === undefined) {
      if (required) throw new TypeError(`${context.name}: ${key} is required`)
      continue
    }
    try {
      // cast: a descriptor's encode takes the values of its own param.
      json[wire] = encode ? encode(value as never) : value
      texts[wire] = toValueText(json[wire], kind)
    } catch (cause) {
      const { code, message } = toMizanError(cause)
      throw new MizanError(code, `${context.name}: ${key}: ${message}`, { cause })
    }
  }
  const query = Object.keys(texts)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(texts[name] as string)}`)
    .join('&')
  // The digest is part of the key: after a hot reload the new descriptor must not meet the old one's data.
  const key = `${context.artifact}/${context.name}?${query}`
  return { context: context.name, key, query, texts, wire: json }
}

/** The params of `context` by their names in TypeScript. */
export function paramsOf<Params, Data>(
  context: ContextDescriptor<Params, Data>,
): [key: keyof Params & string, param: ParamDescriptor][] {
  // cast: Object.entries forgets both the names and the value type of a generic mapped type.
  return Object.entries(context.params) as [keyof Params & string, ParamDescriptor][]
}
