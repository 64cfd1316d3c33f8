/** Checks the arguments of a call: an object by wire name becomes the list that the function takes. */

import type { ArtifactParam, JsonSchema } from '@mizan/protocol'
import { compilersOf, type Decoded, decodeWith } from './codec.ts'
import { type Decoder, invalid } from './report.ts'
import { shortOf } from './words.ts'

/** The arguments of one function, compiled. */
export interface ArgumentsCodec {
  /** `value` is a list in the order of the declaration, `undefined` for an absent argument. */
  decode(args: Readonly<Record<string, unknown>>): Decoded
}

/**
 * Compiles `params`. Arguments that are not declared are ignored.
 *
 * @throws TypeError for a schema that cannot be compiled.
 */
export function createArgumentsCodec(
  params: readonly ArtifactParam[],
  $defs: Readonly<Record<string, JsonSchema>>,
): ArgumentsCodec {
  const { decoders } = compilersOf($defs)
  const slots = params.map(({ name, schema, required }) => ({
    name,
    decode: decoders.compile(schema),
    required: required && decoders.mustBePresent(schema),
    expected: shortOf(schema),
  }))
  const decodeAll: Decoder = (json, report) => {
    // cast: decode() below takes only objects
    const args = json as Readonly<Record<string, unknown>>
    const values: unknown[] = []
    let failed = false
    for (const { name, required, decode, expected } of slots) {
      const present = Object.hasOwn(args, name) && args[name] !== undefined
      const mark = report.mark
      const value = present
        ? decode(args[name], report, 0)
        : required
          ? report.refuse('is required', expected)
          : undefined
      if (value === invalid) {
        report.within(mark, name)
        failed = true
      }
      values.push(value)
    }
    return failed ? invalid : values
  }
  return { decode: (args) => decodeWith(decodeAll, args) }
}
