/** `server.gen.ts`: the artifact, and for each wire name the export that it stands for. */

import type { Artifact } from '@mizan/protocol'
import type { Api, ApiChannel, ApiFunction } from '../ir/api.ts'
import { compareText } from '../problem.ts'
import { header, quote } from './text.ts'

/** What the text depends on besides the API. */
export interface ServerOptions {
  readonly artifact: Artifact
  /** The specifier under which the generated file imports a module of the project. */
  specifierOf(module: string): string
}

/** Writes the registry. */
export function emitServer(api: Api, { artifact, specifierOf }: ServerOptions): string {
  const channels = api.channels ?? []
  const bound = [...api.functions, ...channels]
  const modules = [...new Set(bound.map(({ binding }) => binding.module))].sort(compareText)
  const names = new Map(modules.map((module, index) => [module, `m${index}`]))
  const imports = modules.map(
    (module) => `import * as ${names.get(module)} from ${quote(specifierOf(module))}\n`,
  )
  const sources = api.functions.map((fn) => `    ${fn.wire}: [${sourceOf(fn, names)}],\n`)
  const rooms = channels.map((channel) => `    ${channel.wire}: ${sourceOf(channel, names)},\n`)
  return [
    header,
    `import { defineFunctions, type Functions } from '@mizan/server'\n`,
    ...imports,
    `\nexport const functions: Functions = defineFunctions(\n  // As text: a type checker would spend its time on a literal of this size.\n`,
    `  JSON.parse(\n    ${quote(JSON.stringify(artifact))},\n  ),\n`,
    sources.length === 0 ? '  {},\n' : `  {\n${sources.join('')}  },\n`,
    rooms.length === 0 ? '' : `  {\n${rooms.join('')}  },\n`,
    `)\n`,
  ].join('')
}

function sourceOf(
  { binding }: ApiFunction | ApiChannel,
  names: ReadonlyMap<string, string>,
): string {
  const value = `${names.get(binding.module)}.${binding.exported}`
  return binding.member === undefined ? value : `${value}, ${quote(binding.member)}`
}
