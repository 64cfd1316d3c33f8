/** Arguments: from JSON or texts to the values a function takes, checked before it runs. */

import {
  type ArtifactParam,
  canonicalJson,
  fromValueText,
  fromWireName,
  type JsonSchema,
  MizanError,
  type TextKind,
  textKindOf,
  toValueText,
  toWireName,
  type ValidationIssue,
} from '@mizan/protocol'
import type { Entry } from '../registry.ts'
import type { Soon } from '../soon.ts'
import type { StandardIssue, StandardSchemaV1 } from '../standard-schema.ts'
import { type Codec, maximumIssues } from '../validate/index.ts'
import { toInputValue } from './input-value.ts'

/** What a function is called with. */
export interface Arguments {
  /** In declaration order. */
  readonly values: readonly unknown[]
  /** The same by wire name in canonical wire form, without absent ones: what scoping and cache keys use. */
  readonly wire: Readonly<Record<string, unknown>>
}

/**
 * Checks JSON arguments against the declared types, or against the function's own schema, which may take its time.
 *
 * @throws MizanError `VALIDATION_FAILED` with every issue
 */
export function readArguments(
  entry: Entry,
  args: Readonly<Record<string, unknown>>,
): Soon<Arguments> {
  return entry.options.input === undefined
    ? readDeclared(entry, args)
    : checkInput(entry, entry.options.input, args)
}

function readDeclared(entry: Entry, args: Readonly<Record<string, unknown>>): Arguments {
  const decoded = entry.arguments.decode(args)
  if (!decoded.ok) throw invalid(entry.name, decoded.issues)
  // cast: ArgumentsCodec decodes to the list of values
  const values = decoded.value as readonly unknown[]
  return { values: spread(entry, values), wire: toWire(entry, values) }
}

/** Arguments that code gives as TypeScript values (`app.call`): checked like those of a client. */
export function fromValues(entry: Entry, values: readonly unknown[]): Soon<Arguments> {
  if (entry.facts.input) return readArguments(entry, bagToWire(entry, values[0]))
  return readArguments(
    entry,
    toWire(entry, entry.facts.destructured ? valuesOf(entry, values[0]) : gathered(entry, values)),
  )
}

/** `...ids: number[]` is one list on the wire, and as many arguments when the function is called. */
function spread({ facts }: Entry, values: readonly unknown[]): readonly unknown[] {
  if (!facts.params.at(-1)?.rest) return values
  const rest = values[facts.params.length - 1] as readonly unknown[] | undefined // cast: its schema is a list
  return [...values.slice(0, facts.params.length - 1), ...(rest ?? [])]
}

function gathered({ facts }: Entry, values: readonly unknown[]): readonly unknown[] {
  if (!facts.params.at(-1)?.rest) return values
  const last = facts.params.length - 1
  return [...values.slice(0, last), values.slice(last)]
}

function bagToWire(entry: Entry, bag: unknown): Record<string, unknown> {
  const wire: [string, unknown][] = []
  for (const [key, value] of Object.entries(bag ?? {})) {
    const index = entry.facts.params.findIndex((param) => param.key === key)
    const name = entry.facts.params[index]?.name ?? toWireName(key)
    if (name !== null && value !== undefined) wire.push([name, encoded(entry.params[index], value)])
  }
  return Object.fromEntries(wire)
}

function valuesOf(entry: Entry, bag: unknown): unknown[] {
  const object = (typeof bag === 'object' && bag !== null ? bag : {}) as Record<string, unknown> // cast: checked to be an object
  return entry.facts.params.map((param) =>
    Object.hasOwn(object, param.key) ? object[param.key] : undefined,
  )
}

function toWire(entry: Entry, values: readonly unknown[]): Record<string, unknown> {
  const wire: Record<string, unknown> = {}
  const { params } = entry.facts
  for (let index = 0; index < params.length; index++) {
    const value = values[index]
    const name = params[index]?.name
    if (value !== undefined && name !== undefined) wire[name] = encoded(entry.params[index], value)
  }
  return wire
}

/** What code gives may be of another type; it passes as it is, and the check that follows says what is wrong with it. */
function encoded(codec: Codec | undefined, value: unknown): unknown {
  try {
    return codec === undefined ? value : codec.encode(value)
  } catch {
    return value
  }
}

async function checkInput(
  entry: Entry,
  schema: StandardSchemaV1,
  args: Readonly<Record<string, unknown>>,
): Promise<Arguments> {
  const unknown: ValidationIssue[] = []
  const given = Object.entries(args).flatMap(([name, value]) => {
    const key = keyOf(entry, name)
    if (key !== undefined) return [{ name, key, value }]
    unknown.push({ path: name, message: 'is not declared', expected: 'no such argument' })
    return []
  })
  // What has a name of the schema's kind is the schema's to refuse.
  if (entry.unknownArguments === 'refuse' && unknown.length > 0) {
    throw invalid(entry.name, unknown.slice(0, maximumIssues))
  }
  const object = Object.fromEntries(
    given.map(({ key, value }) => {
      const index = entry.facts.params.findIndex((param) => param.key === key)
      return [key, toInputValue(entry.params[index], value)]
    }),
  )
  const result = await schema['~standard'].validate(object)
  if (result.issues === undefined) {
    // Scoping believes an argument only if the function gets what the client said: " 5" may have become 5.
    const kept = given.filter(({ key, value }) => !entry.mutates || holds(result.value, key, value))
    return {
      values: [result.value],
      wire: Object.fromEntries(kept.map(({ name, value }) => [name, value])),
    }
  }
  throw invalid(
    entry.name,
    result.issues.map((issue) => ({
      path: pathOf(issue, entry),
      message: issue.message,
      expected: 'the declared input',
    })),
  )
}

/** The schema's key of an argument; `undefined` for what is no wire name, and for a second spelling of a key. */
function keyOf({ facts }: Entry, name: string): string | undefined {
  const declared = facts.params.find((param) => param.name === name)
  if (declared !== undefined) return declared.key
  const key = fromWireName(name)
  const isTaken = facts.params.some((param) => param.key === key)
  return toWireName(key) === name && !isTaken ? key : undefined
}

function holds(output: unknown, key: string, value: unknown): boolean {
  if (typeof output !== 'object' || output === null || !Object.hasOwn(output, key)) return false
  const kept = (output as Readonly<Record<string, unknown>>)[key] // cast: checked to have it
  try {
    return canonicalJson(kept) === canonicalJson(value)
  } catch {
    return false
  }
}

function pathOf(issue: StandardIssue, entry: Entry): string {
  const [first, ...rest] = (issue.path ?? []).map((part) =>
    String(typeof part === 'object' ? part.key : part),
  )
  const wire = entry.facts.params.find((param) => param.key === first)?.name ?? first
  return [wire ?? '', ...rest].join('.')
}

function invalid(name: string, issues: readonly ValidationIssue[]): MizanError {
  const [first] = issues
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  const message =
    first === undefined
      ? `${name}: invalid arguments`
      : `${name}: argument ${first.path} ${first.message}${more}`
  return new MizanError('VALIDATION_FAILED', message, { details: issues })
}

/** Params by name as texts, from a URL. */
export type Texts = ReadonlyMap<string, string>

/**
 * Reads a query string; only `params` count, and each only once.
 *
 * @throws MizanError `BAD_REQUEST` for a repeated param, and for one that is not UTF-8
 */
export function readQuery(query: string, params: readonly ArtifactParam[]): Texts {
  const texts = new Map<string, string>()
  for (const [name, text] of pairsOf(query)) {
    if (!params.some((param) => param.name === name)) continue
    if (texts.has(name)) throw new MizanError('BAD_REQUEST', `${name} is given twice`)
    // Where bytes are broken a parser puts U+FFFD: another spelling of the text that really holds it.
    if (text.includes('\ufffd') && !isDecodable(query))
      throw new MizanError('BAD_REQUEST', `${name} is not UTF-8`)
    texts.set(name, text)
  }
  return texts
}

/** Most queries have nothing to decode, and are read without what decodes them. */
function pairsOf(query: string): Iterable<readonly [name: string, text: string]> {
  if (query === '') return []
  if (!/^[!-$&-*,->@-~]*$/.test(query)) return new URLSearchParams(query)
  const pairs: (readonly [string, string])[] = []
  for (const pair of query.split('&')) {
    const mark = pair.indexOf('=')
    if (mark !== -1) pairs.push([pair.slice(0, mark), pair.slice(mark + 1)])
    else if (pair !== '') pairs.push([pair, ''])
  }
  return pairs
}

function isDecodable(query: string): boolean {
  try {
    decodeURIComponent(query)
    return true
  } catch {
    return false
  }
}

/**
 * JSON values of texts, each in its one spelling.
 *
 * @throws MizanError `BAD_REQUEST` for another spelling (`05`, `1e1`, `TRUE`)
 */
export function fromTexts(
  params: readonly ArtifactParam[],
  texts: Texts,
  $defs: Readonly<Record<string, JsonSchema>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const param of params) {
    const text = texts.get(param.name)
    if (text === undefined) continue
    const kind = textKindOf(param.schema, $defs)
    const number = kind === 'number' ? Number(text) : undefined
    values[param.name] =
      number !== undefined && plainText(number, kind) === text
        ? number
        : fromValueText(text, kind, param.name)
  }
  return values
}

/**
 * The canonical texts of validated wire values, which must be those that the URL had.
 *
 * @throws MizanError `BAD_REQUEST` when a date or another converted value was spelt differently
 */
export function canonicalTexts(
  params: readonly ArtifactParam[],
  wire: Readonly<Record<string, unknown>>,
  $defs: Readonly<Record<string, JsonSchema>>,
): Record<string, string> {
  const texts: [string, string][] = []
  for (const param of params) {
    if (Object.hasOwn(wire, param.name)) {
      texts.push([param.name, textOf(param, wire[param.name], $defs)])
    }
  }
  return Object.fromEntries(texts)
}

/**
 * The text of one param's wire value.
 *
 * @throws MizanError `VALIDATION_FAILED` for a value that has none
 */
export function textOf(
  { name, schema }: ArtifactParam,
  value: unknown,
  $defs: Readonly<Record<string, JsonSchema>>,
): string {
  const kind = textKindOf(schema, $defs)
  try {
    return plainText(value, kind) ?? toValueText(value, kind)
  } catch (cause) {
    const message = `${name}: ${cause instanceof Error ? cause.message : 'has no text'}`
    const details: ValidationIssue[] = [{ path: name, message, expected: 'a value with one text' }]
    throw new MizanError('VALIDATION_FAILED', message, { details, cause })
  }
}

/** Of a value of one JSON kind, without the walk that others need; `undefined` for what has no such text. */
function plainText(value: unknown, kind: TextKind): string | undefined {
  if (typeof value !== kind) return undefined
  if (typeof value === 'string') return value.isWellFormed() ? value : undefined
  return typeof value === 'number' && !Number.isFinite(value) ? undefined : String(value)
}
