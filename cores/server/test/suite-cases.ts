/** The vendored cases of the official JSON Schema suite, and which of them speak our subset of the language. */

import { readdirSync, readFileSync } from 'node:fs'
import type { JsonSchema } from '@mizan/protocol'

/** One instance against one schema. */
export interface SuiteCase {
  readonly name: string
  readonly schema: JsonSchema
  readonly $defs: Readonly<Record<string, JsonSchema>>
  readonly data: unknown
  readonly valid: boolean
  /** The schema says `additionalProperties: false`, which is our `unknownProperties: 'refuse'`. */
  readonly closed: boolean
  /** Why it cannot be run. */
  readonly skip: string | undefined
}

interface Group {
  readonly description: string
  readonly schema: unknown
  readonly tests: readonly {
    readonly description: string
    readonly data: unknown
    readonly valid: boolean
  }[]
}

const folder = new URL('./json-schema-test-suite/', import.meta.url)

/** Every case of the files in `path` (`''` or `format/`). */
export function readSuite(path: string): SuiteCase[] {
  const files = readdirSync(new URL(path, folder)).filter((file) => file.endsWith('.json'))
  return files.flatMap((file) => {
    // cast: the files' own schema says so
    const groups = JSON.parse(readFileSync(new URL(path + file, folder), 'utf8')) as Group[]
    return groups.flatMap((group) => toCases(file.replace('.json', ''), group))
  })
}

function toCases(file: string, { description, schema, tests }: Group): SuiteCase[] {
  const whole = isObject(schema) ? withoutAnnotations(schema) : schema
  const closed = isObject(whole) && whole['additionalProperties'] === false && !isComposed(whole)
  const { additionalProperties: _, ...open } = isObject(whole) ? whole : {}
  const { $defs = {}, ...plain } = closed ? open : isObject(whole) ? whole : {}
  const skip = isObject(whole) ? (whyNot(plain) ?? defsWhyNot($defs)) : 'schemas are objects'
  return tests.map((one) => ({
    name: `${file}: ${description}: ${one.description}`,
    schema: plain as JsonSchema, // cast: whyNot looked at every keyword
    $defs: $defs as Record<string, JsonSchema>, // cast: as above
    data: one.data,
    valid: one.valid,
    closed,
    skip,
  }))
}

function withoutAnnotations(schema: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(schema).filter(([keyword]) => keyword !== '$schema' && keyword !== '$comment'),
  )
}

function isComposed(schema: Readonly<Record<string, unknown>>): boolean {
  return ['allOf', 'anyOf', '$ref'].some((keyword) => Object.hasOwn(schema, keyword))
}

const plainKeywords: ReadonlySet<string> = new Set([
  'const',
  'enum',
  'required',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minProperties',
  'maxProperties',
  'minLength',
  'maxLength',
  'pattern',
  'format',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
])

/** Why the compiler never emits this schema; `undefined` when it may. */
function whyNot(schema: unknown): string | undefined {
  if (!isObject(schema)) return 'boolean schemas are not emitted, but for items: false'
  for (const [keyword, value] of Object.entries(schema)) {
    const reason = plainKeywords.has(keyword) ? undefined : keywordWhyNot(keyword, value)
    if (reason !== undefined) return reason
  }
  return undefined
}

function keywordWhyNot(keyword: string, value: unknown): string | undefined {
  switch (keyword) {
    case 'type':
      return typeof value === 'string' ? undefined : 'a schema names one type; unions are anyOf'
    case '$ref':
      return String(value).startsWith('#/$defs/') && !String(value).slice(8).includes('/')
        ? undefined
        : 'references are #/$defs/Name'
    case 'items':
      return value === false ? undefined : whyNot(value)
    case 'additionalProperties':
      return whyNot(value)
    case 'anyOf':
    case 'allOf':
    case 'prefixItems':
      return listWhyNot(value as unknown[]) // cast: the suite's schemas are valid
    case 'properties':
    case 'patternProperties':
      return defsWhyNot(value)
    default:
      return `${keyword} is not emitted`
  }
}

function listWhyNot(schemas: readonly unknown[]): string | undefined {
  return schemas.map(whyNot).find((reason) => reason !== undefined)
}

function defsWhyNot(schemas: unknown): string | undefined {
  return listWhyNot(Object.values(schemas as object)) // cast: the suite's schemas are valid
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
