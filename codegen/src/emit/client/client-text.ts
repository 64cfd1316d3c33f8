/** What all parts of the client's text share. */

import type { Artifact } from '@mizan/protocol'
import type { ApiParam } from '../../ir/api.ts'
import type { Property } from '../../ir/type.ts'
import type { Converters } from '../converters.ts'
import { braces, objectKey, quote } from '../text.ts'
import { printBody } from '../typescript.ts'

/** The file that is being written. */
export interface ClientText {
  readonly artifact: Artifact
  readonly converters: Converters
  /** The property that holds the artifact's digest. */
  readonly digest: string
  /** The local name of something from `@mizan/base`, which is then imported; types begin with `type `. */
  use(imported: string): string
}

/** Where the properties of a param, an argument or a member stand in its descriptor. */
export const inObject = '      '

/** The type of the arguments or params. */
export function argumentsType(name: string, params: readonly ApiParam[]): string {
  if (params.length === 0) return `export type ${name} = Record<string, never>\n`
  const properties: Property[] = params.map(({ key, required, ...param }) => ({
    ...param,
    name: key,
    optional: !required,
    readonly: false,
  }))
  return `export interface ${name} ${printBody({ kind: 'object', properties }, { form: 'declared', indent: '' })}\n`
}

/** The property of a descriptor that says how arguments cross. */
export function argumentEntries(params: readonly ApiParam[], client: ClientText): string[] {
  return params.map((param) => {
    const encode = client.converters.property(param.type, 'encode', inObject)
    return `${objectKey(param.key)}: ${object([`wire: ${quote(param.wire)}`, ...encode])}`
  })
}

/** Arguments may be left out when none is required. */
export function optionalMark(params: readonly ApiParam[]): string {
  return params.some((param) => param.required) ? '' : '?'
}

/** An entry of a descriptor's list, on one line when it fits. */
export function object(parts: readonly string[]): string {
  return braces(parts, { separator: ',', indent: '    ', used: 24 })
}

/** The entries of a descriptor's list, a line for each. */
export function lines(entries: readonly string[]): string {
  return entries.length === 0 ? '{}' : `{\n${entries.map((entry) => `    ${entry},\n`).join('')}  }`
}

/** A constant that holds a descriptor. */
export function constant(name: string, type: string, fields: readonly string[]): string {
  return `export const ${name}: ${type} = {\n${fields.map((field) => `  ${field},\n`).join('')}}\n`
}

/** A function on one line when its head fits, otherwise with a line for each parameter. */
export function functionText(
  name: string,
  { params, result, body }: { params: readonly string[]; result: string; body: string },
): string {
  const line = `export function ${name}(${params.join(', ')}): ${result} {`
  const head =
    line.length <= 100
      ? line
      : `export function ${name}(\n${params.map((param) => `  ${param},\n`).join('')}): ${result} {`
  return `${head}\n  return ${body}\n}\n`
}
