/** The hooks of one UI library. All bindings have the same helpers, so one writer serves them all. */

import { type Api, type ApiContext, type ApiFunction, isPublicData } from '../ir/api.ts'
import {
  type ContextNames,
  generatedNames,
  importClause,
  localName,
  namesOfContext,
  namesOfFunction,
} from './names.ts'
import { docBlock, header, importLine, quote } from './text.ts'

/** What differs between UI libraries. */
export interface Binding {
  /** The package that the helpers come from. */
  readonly module: string
  /** Types that generated code needs from elsewhere: import lines. */
  readonly imports: readonly string[]
  /** The type of the params that a hook takes. */
  paramsType(params: string): string
  /** The exported name of a context's provider. */
  providerOf(names: ContextNames): string
}

/** Writes the hooks of an API; `client` is the specifier of the client file. */
export function emitBinding(api: Api, binding: Binding, client: string): string {
  const calls = api.functions.filter((fn) => isPublicData(fn) && fn.options.context === undefined)
  const exported = new Set([
    ...api.contexts.flatMap(generatedNames.ofContext),
    ...api.functions.filter(isPublicData).flatMap(generatedNames.ofFunction),
  ])
  return [
    header,
    importsOf({ api, calls, binding, exported, client }),
    `\nexport * from ${quote(client)}\n`,
    ...api.contexts.map((context) => contextText(context, binding, exported)),
    ...calls.map((fn) => callText(fn, exported)),
  ].join('')
}

interface ImportFacts {
  readonly api: Api
  readonly calls: readonly ApiFunction[]
  readonly binding: Binding
  readonly exported: ReadonlySet<string>
  readonly client: string
}

function importsOf({ api, calls, binding, exported, client }: ImportFacts): string {
  const helpers = [
    ...(api.contexts.length > 0
      ? [
          'type ContextProvider',
          'type ContextResult',
          'createContextProvider',
          'useContextBundle',
          'useContextMember',
        ]
      : []),
    ...(calls.length > 0 ? ['type MutationResult', 'useMutation'] : []),
  ]
  const own = [
    ...api.contexts.flatMap((context) => {
      const names = namesOfContext(context)
      return [names.descriptor, `type ${names.params}`, `type ${names.data}`]
    }),
    ...calls.flatMap((fn) => {
      const names = namesOfFunction(fn)
      return [names.descriptor, `type ${names.args}`, `type ${names.result}`]
    }),
  ]
  if (helpers.length === 0) return ''
  return [
    ...(api.contexts.length > 0 ? binding.imports : []).map((line) => `${line}\n`),
    importLine(
      helpers.map((name) => importClause(name, exported)),
      binding.module,
    ),
    importLine(own, client),
  ].join('')
}

function contextText(context: ApiContext, binding: Binding, exported: ReadonlySet<string>): string {
  const names = namesOfContext(context)
  const provider = binding.providerOf(names)
  const params = `params?: ${binding.paramsType(`Partial<${names.params}>`)}`
  const create = localName('createContextProvider', exported)
  const bundle = localName('useContextBundle', exported)
  const member = localName('useContextMember', exported)
  const result = localName('ContextResult', exported)
  const hook = (text: {
    doc: string | undefined
    name: string
    result: string
    call: string
  }): string =>
    `\n${docBlock(text.doc)}export function ${text.name}(\n  ${params},\n): ${result}<${text.result}> {\n  return ${text.call}\n}\n`
  return [
    `\nexport const ${provider}: ${localName('ContextProvider', exported)}<${names.params}> = ${create}(\n  ${names.descriptor},\n  ${quote(names.provider)},\n)\n`,
    hook({
      doc: undefined,
      name: names.hook,
      result: names.data,
      call: `${bundle}(${provider}, ${names.descriptor}, params)`,
    }),
    ...context.members.map((fn) =>
      hook({
        doc: fn.doc,
        name: namesOfFunction(fn).hook,
        result: `${names.data}[${quote(fn.key)}]`,
        call: `${member}(${provider}, ${names.descriptor}, ${quote(fn.key)}, params)`,
      }),
    ),
  ].join('')
}

function callText(fn: ApiFunction, exported: ReadonlySet<string>): string {
  const names = namesOfFunction(fn)
  const use = localName('useMutation', exported)
  return `\n${docBlock(fn.doc)}export function ${names.hook}(): ${localName('MutationResult', exported)}<${names.args}, ${names.result}> {\n  return ${use}(${names.descriptor})\n}\n`
}
