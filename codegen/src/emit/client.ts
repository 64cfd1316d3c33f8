/** `client.gen.ts`: types, descriptors, and plain functions to call and fetch; no framework in it. */

import type { Artifact } from '@mizan/protocol'
import { type Api, type ApiChannel, type ApiFunction, isPublicData } from '../ir/api.ts'
import type { Derivations } from '../ir/derivations.ts'
import { createJoinedText } from '../ir/joined-text.ts'
import { type NamedType, namedTypesOf, type TypeNode } from '../ir/type.ts'
import { needsConversion } from '../ir/wire-form.ts'
import { callText } from './client/call-text.ts'
import { channelText } from './client/channel-text.ts'
import type { ClientText } from './client/client-text.ts'
import { contextText } from './client/context-text.ts'
import { errorData } from './client/errors.ts'
import { createConverters } from './converters.ts'
import { createFileMemory, FileText } from './file-text.ts'
import { generatedNames } from './names.ts'
import { header, importLine, quote } from './text.ts'
import { printDeclaration } from './typescript.ts'

/** What the client depends on besides the API. */
export interface ClientOptions {
  readonly artifact: Artifact
  readonly derived: Derivations
}

/** Writes the client of an API. */
export function emitClient(api: Api, { artifact, derived }: ClientOptions): string {
  const calls = api.functions.filter((fn) => isPublicData(fn) && fn.options.context === undefined)
  const channels = api.channels ?? []
  const reached = [...calls, ...api.contexts.flatMap((context) => context.members)]
  const messages = channels.map((channel) => channel.message)
  const params = new Set(namedTypesOf([...reached, ...channels].flatMap(paramTypes), messages))
  const results = new Set(
    namedTypesOf(
      reached.map((fn) => fn.result),
      calls.flatMap((fn) => errorData([fn])),
      api.contexts.flatMap((context) => errorData(context.members)),
      messages,
    ),
  )
  const types = api.types.filter((type) => params.has(type) || results.has(type))
  const exported = new Set([
    ...types.map((type) => type.name),
    ...api.contexts.flatMap(generatedNames.ofContext),
    ...calls.flatMap(generatedNames.ofFunction),
    ...channels.flatMap(generatedNames.ofChannel),
  ])
  const file = new FileText(exported, derived.of(createFileMemory, emitClient))
  const converted = types.filter((type) => derived.of(isConverted, type))
  const converters = createConverters(file, {
    decoded: converted.filter((type) => results.has(type)),
    encoded: converted.filter((type) => params.has(type)),
  })
  const client: ClientText = {
    artifact,
    converters,
    get digest() {
      const name = file.own('artifact', 'artifactDigest')
      return name === 'artifact' ? name : `artifact: ${name}`
    },
    use: (imported) => file.use(imported, base),
  }
  const parts = [
    ...api.contexts.map((key) => file.part('context', key, (one) => contextText(one, client))),
    ...calls.map((key) => file.part('call', key, (one) => callText(one, client))),
    ...channels.map((key) => file.part('channel', key, (one) => channelText(one, client))),
  ]
  if (parts.length === 0) return `${header}\nexport {}\n`
  const declarations = types.map((key) =>
    file.part('type', key, (type) => `\n${printDeclaration(type, 'declared')}`),
  )
  const kept = derived.of(createJoinedText, emitClient)
  return [
    header,
    importLine(file.importsFrom(base).sort(byName), base),
    `\nconst ${file.own('artifact', 'artifactDigest')} = ${quote(artifact.digest)}\n`,
    kept.join('types', declarations, ''),
    `\n${kept.join('parts', parts, '\n')}`,
    converters.print(),
  ].join('')
}

const base = '@mizan/base'

function isConverted(type: NamedType): boolean {
  return needsConversion(type.type)
}

function paramTypes({ params }: ApiFunction | ApiChannel): TypeNode[] {
  return params.map(({ type }) => type)
}

/** As formatters sort imports: by name, whether it is a type or not. */
function byName(a: string, b: string): number {
  const [one, other] = [a, b].map((name) => name.replace(/^type /, '').toLowerCase())
  return (one ?? '') < (other ?? '') ? -1 : 1
}
