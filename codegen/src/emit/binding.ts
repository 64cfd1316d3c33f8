/** The hooks of one UI library. All bindings have the same helpers, so one writer serves them all. */

import {
  type Api,
  type ApiChannel,
  type ApiContext,
  type ApiFunction,
  isPublicData,
} from '../ir/api.ts'
import type { Derivations } from '../ir/derivations.ts'
import { functionText } from './client/client-text.ts'
import { errorsOf } from './client/errors.ts'
import { createFileMemory, FileText } from './file-text.ts'
import {
  type ContextNames,
  generatedNames,
  namesOfChannel,
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
  /** The type of params or options that a hook takes and may be left out. */
  paramsType(params: string): string
  /** The type of the params that a hook needs. */
  neededType(params: string): string
  /** No params, where a hook needs some. */
  readonly noParams: string
  /** The exported name of a context's provider. */
  providerOf(names: ContextNames): string
}

/** What hooks depend on besides the API. */
export interface BindingOptions {
  /** The specifier of the client file. */
  readonly client: string
  readonly derived: Derivations
}

/** Writes the hooks of an API. */
export function emitBinding(
  api: Api,
  binding: Binding,
  { client, derived }: BindingOptions,
): string {
  const calls = api.functions.filter((fn) => isPublicData(fn) && fn.options.context === undefined)
  const channels = api.channels ?? []
  const exported = new Set([
    ...api.contexts.flatMap(generatedNames.ofContext),
    ...api.functions.filter(isPublicData).flatMap(generatedNames.ofFunction),
    ...channels.flatMap(generatedNames.ofChannel),
  ])
  const file = new FileText(exported, derived.of(createFileMemory, binding))
  const hooks: HooksText = {
    binding,
    helper: (name) => file.use(name, binding.module),
    own: (name) => file.pass(name, client),
  }
  const parts = [
    ...api.contexts.map((key) => file.part('context', key, (one) => contextText(one, hooks))),
    ...calls.map((key) => file.part('call', key, (one) => callText(one, hooks))),
    ...channels.map((key) => file.part('channel', key, (one) => channelText(one, hooks))),
  ]
  const needsParams = api.contexts.length > 0 || channels.some(({ params }) => params.length > 0)
  const imports =
    importLine(file.importsFrom(binding.module), binding.module) +
    importLine(file.passedFrom(client), client)
  return [
    header,
    ...(needsParams ? binding.imports : []).map((line) => `${line}\n`),
    parts.length === 0 ? '' : imports,
    `\nexport * from ${quote(client)}\n`,
    ...parts,
  ].join('')
}

/** The file that is being written. */
interface HooksText {
  readonly binding: Binding
  /** The local name of something from the binding, which is then imported; types begin with `type `. */
  helper(name: string): string
  /** The same of something from the client file. */
  own(name: string): string
}

function contextText(context: ApiContext, { binding, helper, own }: HooksText): string {
  const names = namesOfContext(context)
  const provider = binding.providerOf(names)
  const descriptor = own(names.descriptor)
  const params = binding.paramsType(`Partial<${own(`type ${names.params}`)}>`)
  const data = own(`type ${names.data}`)
  const failure = errorsOf(context.members).length === 0 ? '' : `, ${own(`type ${names.error}`)}`
  const resultOf = (text: string): string => `${helper('type ContextResult')}<${text}${failure}>`
  const type = `${helper('type ContextProvider')}<${names.params}>`
  const create = helper('createContextProvider')
  const hookText = (name: string, value: string, body: string): string =>
    functionText(`${name}<Value = ${value}>`, {
      params: [
        `params?: ${params}`,
        `options?: ${binding.paramsType(`${helper('type ReadOptions')}<${value}, Value>`)}`,
      ],
      result: resultOf('Value'),
      body: `${body}, params, options)`,
    })
  const infiniteText = (): string =>
    functionText(names.infinite, {
      params: [
        `params: ${params}`,
        `options: ${helper('type InfiniteReadOptions')}<${names.params}, ${data}>`,
      ],
      result: `${helper('type InfiniteResult')}<${data}${failure}>`,
      body: `${helper('useInfiniteContext')}(${provider}, ${descriptor}, params, options)`,
    })
  return [
    `\nexport const ${provider}: ${type} = /* @__PURE__ */ ${create}(\n  ${descriptor},\n  ${quote(names.provider)},\n)\n\n`,
    hookText(names.hook, data, `${helper('useContextBundle')}(${provider}, ${descriptor}`),
    ...(context.params.length === 0 ? [] : ['\n', infiniteText()]),
    ...context.members.flatMap((fn) => [
      `\n${docBlock(fn)}`,
      hookText(
        namesOfFunction(fn).hook,
        `${data}[${quote(fn.key)}]`,
        `${helper('useContextMember')}(${provider}, ${descriptor}, ${quote(fn.key)}`,
      ),
    ]),
  ].join('')
}

function callText(fn: ApiFunction, { helper, own }: HooksText): string {
  const names = namesOfFunction(fn)
  const fails = errorsOf([fn]).length > 0
  const types = [names.args, names.result, ...(fails ? [names.error] : [])]
  const descriptor = own(names.descriptor)
  const generics = types.map((name) => own(`type ${name}`)).join(', ')
  const hook = fn.stream
    ? functionText(names.hook, {
        params: [`options?: ${helper('type StreamOptions')}<${names.result}>`],
        result: `${helper('type StreamResult')}<${generics}>`,
        body: `${helper('useStream')}(${descriptor}, options)`,
      })
    : functionText(names.hook, {
        params: [],
        result: `${helper('type MutationResult')}<${generics}>`,
        body: `${helper('useMutation')}(${descriptor})`,
      })
  return `\n${docBlock(fn)}${hook}`
}

function channelText(channel: ApiChannel, { binding, helper, own }: HooksText): string {
  const names = namesOfChannel(channel)
  const message = own(`type ${names.message}`)
  const takesParams = channel.params.length > 0
  const params = takesParams ? [`params: ${binding.neededType(own(`type ${names.params}`))}`] : []
  const hook = functionText(names.hook, {
    params: [...params, `options?: ${helper('type ChannelOptions')}<${message}>`],
    result: `${helper('type ChannelResult')}<${message}>`,
    body: `${helper('useChannel')}(${own(names.descriptor)}, ${takesParams ? 'params' : binding.noParams}, options)`,
  })
  return `\n${docBlock(channel)}${hook}`
}
