/** Checks JSON against a schema of the artifact and converts it to TypeScript values, and back. */

import type { JsonSchema, ValidationIssue } from '@mizan/protocol'
import { DecoderCompiler } from './decoder.ts'
import { weighDropped } from './dropped-properties.ts'
import { EncoderCompiler } from './encoder.ts'
import { Misfit } from './misfit.ts'
import { type Decoder, invalid, Report } from './report.ts'
import { Definitions } from './schema.ts'

/** One type of the artifact, compiled. */
export interface Codec {
  /** Wire JSON → TypeScript value. Never throws; undeclared properties are dropped or refused. */
  decode(json: unknown): Decoded
  /**
   * TypeScript value → wire JSON; the value itself is never changed. Properties that the type does not declare stay behind:
   * a row that is returned as a narrower type does not take its other columns along.
   *
   * @throws TypeError for a value that has no wire form (NaN, an invalid Date), naming its path.
   */
  encode(value: unknown): unknown
}

/** The value, or what is wrong with it: at most {@link maximumIssues}. */
export type Decoded =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: readonly ValidationIssue[] }

/** What becomes of properties that a type does not declare. */
export type UnknownProperties = 'drop' | 'refuse'

/** How strictly a codec reads. */
export interface CodecOptions {
  /** @default 'drop' */
  readonly unknownProperties?: UnknownProperties
}

/** More issues of one request are not told. */
export const maximumIssues = 20

/** The compilers of one set of named types. */
export interface SchemaCompilers {
  readonly decoders: DecoderCompiler
  readonly encoders: EncoderCompiler
}

const compilers = new WeakMap<Readonly<Record<string, JsonSchema>>, SchemaCompilers>()

/** Compilers by the identity of `$defs`: the functions of an artifact share its named types. */
export function compilersOf($defs: Readonly<Record<string, JsonSchema>>): SchemaCompilers {
  let known = compilers.get($defs)
  if (known === undefined) {
    const definitions = new Definitions($defs)
    known = {
      decoders: new DecoderCompiler(definitions),
      encoders: new EncoderCompiler(definitions),
    }
    compilers.set($defs, known)
  }
  return known
}

/**
 * Compiles `schema`; `$defs` are the artifact's named types.
 *
 * @throws TypeError for a reference to nothing, and for a type defined as itself.
 * @see PROTOCOL section 3
 */
export function createCodec(
  schema: JsonSchema,
  $defs: Readonly<Record<string, JsonSchema>>,
  { unknownProperties = 'drop' }: CodecOptions = {},
): Codec {
  const { decoders, encoders } = compilersOf($defs)
  const decode = decoders.compile(schema)
  const encode = encoders.compile(schema)
  return {
    decode: (json) => decodeWith(decode, json, unknownProperties),
    encode: (value) => {
      if (encode === undefined) return value
      try {
        return encode(value)
      } catch (error) {
        if (!(error instanceof Misfit)) throw error
        throw new TypeError(error.toSentence())
      }
    },
  }
}

/** Runs a decoder with a fresh report. */
export function decodeWith(
  decode: Decoder,
  json: unknown,
  unknownProperties: UnknownProperties,
): Decoded {
  const report = new Report(maximumIssues)
  const value = decode(json, report, 0)
  if (value === invalid) return { ok: false, issues: report.toIssues() }
  if (unknownProperties === 'refuse' && weighDropped(json, value, report) > 0)
    return { ok: false, issues: report.toIssues() }
  return { ok: true, value }
}
