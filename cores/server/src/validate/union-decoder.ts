/** The decoder of `anyOf`: the kind of the JSON and a discriminating property choose; what is left is tried in order. */

import type { JsonSchema } from '@mizan/protocol'
import { weighDropped } from './dropped-properties.ts'
import { type Decoder, invalid, type Report } from './report.ts'
import { type Definitions, isJsonObject, type JsonKind, kindOf } from './schema.ts'
import { sentenceOf, shortOf } from './words.ts'

interface Member {
  readonly schema: JsonSchema
  readonly decode: Decoder
}

/** @throws TypeError for a union that contains itself directly. */
export function createUnionDecoder(
  schemas: readonly JsonSchema[],
  definitions: Definitions,
  compile: (schema: JsonSchema) => Decoder,
): Decoder {
  const whole: JsonSchema = { anyOf: schemas }
  const words = sentenceOf(whole)
  const expected = shortOf(whole)
  const byKind = new Map<JsonKind, Member[]>()
  for (const schema of schemas) {
    const member: Member = { schema, decode: compile(schema) }
    for (const kind of definitions.kindsOf(schema))
      byKind.set(kind, [...(byKind.get(kind) ?? []), member])
  }
  const choices = new Map<JsonKind, Decoder>()
  for (const [kind, members] of byKind) choices.set(kind, choose(kind, members, definitions))
  return (json, report, depth) => {
    const kind = kindOf(json)
    const decode = kind === undefined ? undefined : choices.get(kind)
    if (decode === undefined) return report.refuseValue(json, `must be ${words}`, expected)
    return decode(json, report, depth)
  }
}

function choose(kind: JsonKind, members: readonly Member[], definitions: Definitions): Decoder {
  const [only] = members
  if (only !== undefined && members.length === 1) return only.decode
  return (
    (kind === 'object' ? discriminate(members, definitions) : undefined) ??
    tryInOrder(kind, members)
  )
}

/** One lookup instead of trials, and an error that speaks about the member that was meant. */
function discriminate(members: readonly Member[], definitions: Definitions): Decoder | undefined {
  const tables = members.map((member) => definitions.discriminatorsOf(member.schema))
  for (const name of tables[0]?.keys() ?? []) {
    const lists = tables.map((table) => table.get(name))
    const values = lists.flatMap((list) => list ?? [])
    if (lists.some((list) => list === undefined) || new Set(values).size !== values.length) continue
    const byValue = new Map(
      members.flatMap(({ decode }, index) => lists[index]?.map((value) => [value, decode]) ?? []),
    )
    const list: JsonSchema = { enum: values }
    return (json, report, depth) => {
      const value = isJsonObject(json) && Object.hasOwn(json, name) ? json[name] : undefined
      const decode = byValue.get(value)
      if (decode !== undefined) return decode(json, report, depth)
      const mark = report.mark
      if (value === undefined) report.refuse('is required', shortOf(list))
      else report.refuseValue(value, `must be ${sentenceOf(list)}`, shortOf(list))
      report.within(mark, name)
      return invalid
    }
  }
  return undefined
}

function tryInOrder(kind: JsonKind, members: readonly Member[]): Decoder {
  const whole: JsonSchema = { anyOf: members.map((member) => member.schema) }
  // "must be an object, got an object" would help nobody.
  const words =
    kind === 'object' || kind === 'array'
      ? `an ${kind} of one of its ${members.length} shapes`
      : sentenceOf(whole)
  const expected = shortOf(whole)
  const attempt = (json: unknown, silent: Report, depth: number): unknown => {
    let best: unknown = invalid
    let fewest = Number.POSITIVE_INFINITY
    for (const { decode } of members) {
      const value = decode(json, silent, depth)
      if (value === invalid) continue
      // Of `{ a } | { a, b }` the first fits whatever fits the second, and would lose `b`.
      const dropped = kind === 'object' || kind === 'array' ? weighDropped(json, value) : 0
      if (dropped === 0) return value
      if (dropped < fewest) [best, fewest] = [value, dropped]
    }
    return best
  }
  const decoder: Decoder = (json, report, depth) => {
    const { silent } = report
    const value =
      typeof json === 'object' && json !== null
        ? silent.once(decoder, json, () => attempt(json, silent, depth))
        : attempt(json, silent, depth)
    return value === invalid ? report.refuseValue(json, `must be ${words}`, expected) : value
  }
  return decoder
}
