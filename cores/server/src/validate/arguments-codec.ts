/** Checks the arguments of a call: an object by wire name becomes the list that the function takes. */

import type { ArtifactParam, JsonSchema } from '@mizan/protocol'
import { compilersOf, type Decoded, maximumIssues, type UnknownProperties } from './codec.ts'
import { weighDropped } from './dropped-properties.ts'
import { type Decoder, invalid, Report } from './report.ts'
import { shortOf } from './words.ts'

/** The arguments of one function, compiled. */
export interface ArgumentsCodec {
  /** `value` is a list in the order of the declaration, `undefined` for an absent argument. */
  decode(args: Readonly<Record<string, unknown>>): Decoded
}

/** How strictly arguments are read. */
export interface ArgumentsOptions {
  /** Arguments that are not declared: members of a context are given those of all. @default 'drop' */
  readonly unknownArguments?: UnknownProperties
  /** Properties inside of arguments. @default 'drop' */
  readonly unknownProperties?: UnknownProperties
}

interface Slot {
  readonly name: string
  readonly decode: Decoder
  readonly required: boolean
  readonly expected: string
}

/**
 * Compiles `params`.
 *
 * @throws TypeError for a schema that cannot be compiled.
 */
export function createArgumentsCodec(
  params: readonly ArtifactParam[],
  $defs: Readonly<Record<string, JsonSchema>>,
  { unknownArguments = 'drop', unknownProperties = 'drop' }: ArgumentsOptions = {},
): ArgumentsCodec {
  const { decoders } = compilersOf($defs)
  const slots = params.map(({ name, schema, required }): Slot => ({
    name,
    decode: decoders.compile(schema),
    required: required && decoders.mustBePresent(schema),
    expected: shortOf(schema),
  }))
  const known = new Set(params.map(({ name }) => name))
  return {
    decode(args) {
      const report = new Report(maximumIssues)
      const values = decodeSlots(slots, args, report)
      if (unknownProperties === 'refuse' && values !== invalid) {
        for (const [index, { name }] of slots.entries()) {
          const mark = report.mark
          weighDropped(args[name], values[index], report)
          report.within(mark, name)
        }
      }
      if (unknownArguments === 'refuse') refuseUnknown(known, args, report)
      return values === invalid || report.mark > 0
        ? { ok: false, issues: report.toIssues() }
        : { ok: true, value: values }
    },
  }
}

function decodeSlots(
  slots: readonly Slot[],
  args: Readonly<Record<string, unknown>>,
  report: Report,
): readonly unknown[] | typeof invalid {
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

function refuseUnknown(
  known: ReadonlySet<string>,
  args: Readonly<Record<string, unknown>>,
  report: Report,
): void {
  for (const name of Object.keys(args)) {
    if (known.has(name) || report.full) continue
    const mark = report.mark
    report.refuse('is not declared', 'no such argument')
    report.within(mark, name.toWellFormed().slice(0, longestName))
  }
}

const longestName = 100
