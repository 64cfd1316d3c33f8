/** `client.gen.ts`: types, descriptors, and plain functions to call and fetch; no framework in it. */

import type { Artifact } from '@mizan/protocol'
import { type Api, isPublicData } from '../ir/api.ts'
import { namedTypesOf } from '../ir/type.ts'
import { callText } from './client/call-text.ts'
import { channelText } from './client/channel-text.ts'
import { type ClientText, createImports } from './client/client-text.ts'
import { contextText } from './client/context-text.ts'
import { errorData } from './client/errors.ts'
import { createConverters } from './converters.ts'
import { generatedNames, importClause } from './names.ts'
import { header, importLine, quote } from './text.ts'
import { printDeclaration } from './typescript.ts'

/** Writes the client of an API. */
export function emitClient(api: Api, artifact: Artifact): string {
  const calls = api.functions.filter((fn) => isPublicData(fn) && fn.options.context === undefined)
  const channels = api.channels ?? []
  const reached = [...calls, ...api.contexts.flatMap((context) => context.members)]
  const messages = channels.map((channel) => channel.message)
  const params = [...reached, ...channels].flatMap((taker) => taker.params.map(({ type }) => type))
  const results = [
    ...reached.map((fn) => fn.result),
    ...calls.flatMap((fn) => errorData([fn])),
    ...api.contexts.flatMap((context) => errorData(context.members)),
  ]
  const types = new Set(namedTypesOf([...params, ...results, ...messages]))
  const exported = new Set([
    ...[...types].map((type) => type.name),
    ...api.contexts.flatMap(generatedNames.ofContext),
    ...calls.flatMap(generatedNames.ofFunction),
    ...channels.flatMap(generatedNames.ofChannel),
  ])
  const converters = createConverters({
    results: [...results, ...messages],
    params: [...params, ...messages],
    exported,
  })
  const { names, use } = createImports(exported)
  const digest = exported.has('artifact') ? 'artifactDigest' : 'artifact'
  const client: ClientText = {
    artifact,
    converters,
    exported,
    digest: digest === 'artifact' ? digest : `artifact: ${digest}`,
    use,
  }
  const parts = [
    ...api.contexts.map((context) => contextText(context, client)),
    ...calls.map((fn) => callText(fn, client)),
    ...channels.map((channel) => channelText(channel, client)),
  ]
  if (parts.length === 0) return `${header}\nexport {}\n`
  const imports = [...names].sort(byName).map((name) => importClause(name, exported))
  return [
    header,
    importLine(imports, '@mizan/base'),
    `\nconst ${digest} = ${quote(artifact.digest)}\n`,
    ...api.types
      .filter((type) => types.has(type))
      .map((type) => `\n${printDeclaration(type, 'declared')}`),
    ...parts.map((part) => `\n${part}`),
    converters.print(),
  ].join('')
}

/** As formatters sort imports: by name, whether it is a type or not. */
function byName(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => name.replace(/^type /, '').toLowerCase())
  return (one ?? '') < (other ?? '') ? -1 : 1
}
