/** `server.gen.ts`: the artifact, and for each wire name the export that it stands for. */

import {
  type ArtifactEntry,
  joinSections,
  type WrittenArtifact,
} from '../artifact/written-artifact.ts'
import type { Api, ApiChannel, ApiFunction } from '../ir/api.ts'
import type { Derivations } from '../ir/derivations.ts'
import { createJoinedText } from '../ir/joined-text.ts'
import { compareText } from '../problem.ts'
import { header, quote } from './text.ts'

/** What the text depends on besides the API. */
export interface ServerOptions {
  readonly written: WrittenArtifact
  readonly derived: Derivations
  /** The specifier under which the generated file imports a module of the project. */
  specifierOf(module: string): string
}

/** Writes the registry. */
export function emitServer(api: Api, { written, derived, specifierOf }: ServerOptions): string {
  const { artifact, sections } = written
  // Nothing around the entries has to be escaped.
  const kept = derived.of(createJoinedText, emitServer)
  const text = joinSections(sections, {
    kept,
    textOf: (entry) => derived.of(escaped, entry),
    digest: artifact.digest,
  })
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
    `  JSON.parse(\n    '${text}',\n  ),\n`,
    sources.length === 0 ? '  {},\n' : `  {\n${kept.join('sources', sources, '')}  },\n`,
    rooms.length === 0 ? '' : `  {\n${rooms.join('')}  },\n`,
    `)\n`,
  ].join('')
}

/** Inside a string literal. */
function escaped({ json }: ArtifactEntry): string {
  return quote(json).slice(1, -1)
}

function sourceOf(
  { binding }: ApiFunction | ApiChannel,
  names: ReadonlyMap<string, string>,
): string {
  const value = `${names.get(binding.module)}.${binding.exported}`
  return binding.member === undefined ? value : `${value}, ${quote(binding.member)}`
}
