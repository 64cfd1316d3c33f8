/** The decoder of `anyOf`: the kind of the JSON and a discriminating property choose; what is left is tried in order. */

import type { JsonSchema } from '@mizan/protocol'
import { type Decoder, invalid, type Report, showValue } from './report.ts'
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
    if (decode === undefined)
      return report.refuse(`must be ${words}, got ${showValue(json)}`, expected)
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
      report.refuse(
        value === undefined
          ? 'is required'
          : `must be ${sentenceOf(list)}, got ${showValue(value)}`,
        shortOf(list),
      )
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
    for (const { decode } of members) {
      const value = decode(json, silent, depth)
      if (value !== invalid) return value
    }
    return invalid
  }
  const decoder: Decoder = (json, report, depth) => {
    const { silent } = report
    const value =
      typeof json === 'object' && json !== null
        ? silent.once(decoder, json, () => attempt(json, silent, depth))
        : attempt(json, silent, depth)
    return value === invalid
      ? report.refuse(`must be ${words}, got ${showValue(json)}`, expected)
      : value
  }
  return decoder
}
