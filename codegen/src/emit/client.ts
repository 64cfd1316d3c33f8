/** `client.gen.ts`: types, descriptors, and plain functions to call and fetch; no framework in it. */

import { type Artifact, textKindOf } from '@mizan/protocol'
import { toSchema } from '../artifact/schema.ts'
import {
  type Api,
  type ApiContext,
  type ApiFunction,
  type ApiParam,
  isPublicData,
} from '../ir/api.ts'
import { namedTypesOf, type Property, type TypeNode } from '../ir/type.ts'
import { createConverters, type Converters } from './converters.ts'
import {
  generatedNames,
  importClause,
  localName,
  namesOfContext,
  namesOfFunction,
} from './names.ts'
import { braces, docBlock, header, importLine, propertyName, quote } from './text.ts'
import { printBody, printDeclaration, printType } from './typescript.ts'

/** Writes the client of an API. */
export function emitClient(api: Api, artifact: Artifact): string {
  const calls = api.functions.filter((fn) => isPublicData(fn) && fn.options.context === undefined)
  const members = api.contexts.flatMap((context) => context.members)
  const reached = [...calls, ...members]
  const types = namedTypesOf(
    reached.flatMap((fn) => [...fn.params.map((param) => param.type), fn.result]),
  )
  const exported = new Set([
    ...types.map((type) => type.name),
    ...api.contexts.flatMap(generatedNames.ofContext),
    ...calls.flatMap(generatedNames.ofFunction),
  ])
  const converters = createConverters({
    results: reached.map((fn) => fn.result),
    params: reached.flatMap((fn) => fn.params.map((param) => param.type)),
    exported,
  })
  const sortedTypes = api.types.filter((type) => types.includes(type))
  const client: ClientText = { artifact, converters, exported }
  return [
    header,
    importsOf(client, { calls: calls.length > 0, contexts: api.contexts.length > 0 }),
    ...sortedTypes.map((type) => `\n${printDeclaration(type, 'declared')}`),
    ...api.contexts.map((context) => `\n${contextText(context, client)}`),
    ...calls.map((fn) => `\n${callText(fn, client)}`),
    converters.print(),
  ].join('')
}

/** Where the properties of a param, an argument or a member stand in its descriptor. */
const inObject = '      '

interface ClientText {
  readonly artifact: Artifact
  readonly converters: Converters
  readonly exported: ReadonlySet<string>
}

function importsOf(
  { exported }: ClientText,
  has: { readonly calls: boolean; readonly contexts: boolean },
): string {
  const names = [
    ...(has.calls ? ['call', 'type CallDescriptor'] : []),
    ...(has.calls || has.contexts ? ['type CallOptions'] : []),
    ...(has.contexts ? ['type ContextDescriptor', 'fetchContext'] : []),
  ]
  if (names.length === 0) return '\nexport {}\n'
  return importLine(
    names.map((name) => importClause(name, exported)),
    '@mizan/base',
  )
}

function contextText(context: ApiContext, client: ClientText): string {
  const names = namesOfContext(context)
  const { artifact, converters, exported } = client
  const params = context.params.map(
    (param) => `${propertyName(param.key)}: ${paramText(param, client)}`,
  )
  const members = context.members.map((member) => {
    const decode = converters.property(member.result, 'decode', inObject)
    return `${propertyName(member.key)}: ${object([`wire: ${quote(member.wire)}`, ...decode], '    ')}`
  })
  const data: Property[] = context.members.map((member) => ({
    name: member.key,
    type: member.result,
    optional: false,
    readonly: false,
    ...(member.doc === undefined ? {} : { doc: member.doc }),
  }))
  const fields = [
    `name: ${quote(context.wire)}`,
    `artifact: ${quote(artifact.digest)}`,
    `params: ${lines(params)}`,
    `members: ${lines(members)}`,
  ]
  const fetch = localName('fetchContext', exported)
  const options = localName('CallOptions', exported)
  const descriptor = localName('ContextDescriptor', exported)
  return [
    argumentsType(names.params, context.params),
    `\nexport interface ${names.data} ${printBody({ kind: 'object', properties: data }, { form: 'declared', indent: '' })}\n`,
    `\nexport const ${names.descriptor}: ${descriptor}<${names.params}, ${names.data}> = {\n`,
    ...fields.map((field) => `  ${field},\n`),
    `}\n`,
    `\n/** Reads the context once: what \`kernel\` holds or loads, or straight from the server. */\n`,
    `export function ${names.fetch}(\n  params${optionalMark(context.params)}: ${names.params},\n  options?: ${options},\n): Promise<${names.data}> {\n`,
    `  return ${fetch}(${names.descriptor}, params, options)\n}\n`,
  ].join('')
}

function paramText(param: ApiParam, { artifact, converters }: ClientText): string {
  const kind = textKindOf(toSchema(param.type), artifact.$defs)
  const parts = [
    `wire: ${quote(param.wire)}`,
    `required: ${param.required}`,
    `kind: ${quote(kind)}`,
  ]
  return object([...parts, ...converters.property(param.type, 'encode', inObject)], '    ')
}

function callText(fn: ApiFunction, { artifact, converters, exported }: ClientText): string {
  const names = namesOfFunction(fn)
  const args = fn.params.map((param) => {
    const parts = [
      `wire: ${quote(param.wire)}`,
      ...converters.property(param.type, 'encode', inObject),
    ]
    return `${propertyName(param.key)}: ${object(parts, '    ')}`
  })
  const fields = [
    `name: ${quote(fn.wire)}`,
    `artifact: ${quote(artifact.digest)}`,
    `args: ${lines(args)}`,
    ...converters.property(fn.result, 'decode', '  '),
  ]
  const call = localName('call', exported)
  const options = localName('CallOptions', exported)
  const descriptor = localName('CallDescriptor', exported)
  return [
    argumentsType(names.args, fn.params),
    `\nexport type ${names.result} = ${resultType(fn.result)}\n`,
    `\n${docBlock(fn.doc)}export const ${names.descriptor}: ${descriptor}<${names.args}, ${names.result}> = {\n`,
    ...fields.map((field) => `  ${field},\n`),
    `}\n`,
    `\n${docBlock(fn.doc)}export function ${names.call}(\n  args${optionalMark(fn.params)}: ${names.args},\n  options?: ${options},\n): Promise<${names.result}> {\n`,
    `  return ${call}(${names.descriptor}, args, options)\n}\n`,
  ].join('')
}

function resultType(type: TypeNode): string {
  return type.kind === 'void' ? 'void' : printType(type)
}

function argumentsType(name: string, params: readonly ApiParam[]): string {
  if (params.length === 0) return `export type ${name} = Record<string, never>\n`
  const properties: Property[] = params.map((param) => ({
    name: param.key,
    type: param.type,
    optional: !param.required,
    readonly: false,
    ...(param.doc === undefined ? {} : { doc: param.doc }),
  }))
  return `export interface ${name} ${printBody({ kind: 'object', properties }, { form: 'declared', indent: '' })}\n`
}

/** Arguments may be left out when none is required. */
function optionalMark(params: readonly ApiParam[]): string {
  return params.some((param) => param.required) ? '' : '?'
}

function object(parts: readonly string[], indent: string): string {
  return braces(parts, { separator: ',', indent, used: indent.length + 20 })
}

/** The entries of an object, a line for each. */
function lines(entries: readonly string[]): string {
  return entries.length === 0 ? '{}' : `{\n${entries.map((entry) => `    ${entry},\n`).join('')}  }`
}
