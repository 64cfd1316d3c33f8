/** Which files are generated, and their texts. */

import type { Artifact } from '@mizan/protocol'
import { prettyArtifact, type WrittenArtifact } from '../artifact/written-artifact.ts'
import { toJsonSchema } from '../documents/json-schema.ts'
import { toMcpTools } from '../documents/mcp-tools.ts'
import { toOpenApi } from '../documents/openapi.ts'
import type { Api } from '../ir/api.ts'
import type { Derivations } from '../ir/derivations.ts'
import { createJoinedText } from '../ir/joined-text.ts'
import { type Binding, emitBinding } from './binding.ts'
import { emitClient } from './client.ts'
import { emitForms } from './forms.ts'
import { react } from './react.ts'
import { emitServer } from './server.ts'
import { svelte } from './svelte.ts'
import { vue } from './vue.ts'

/** What can be generated besides the server's registry and the plain client. */
export type ClientTarget = 'react' | 'vue' | 'svelte' | 'forms' | 'openapi' | 'json-schema' | 'mcp'

/** What the texts depend on besides the API. */
export interface FilesOptions {
  readonly written: WrittenArtifact
  readonly derived: Derivations
  readonly targets: readonly ClientTarget[]
  /** Of the modules that generated files import. */
  readonly extension: '.ts' | '.js'
  /** The specifier under which a generated file imports a module of the project. */
  specifierOf(module: string): string
}

const bindings: Readonly<Record<string, Binding>> = { react, vue, svelte }

/** What tools of other makers read, by target: the file's name and what is in it. */
const documents: Readonly<
  Record<string, { readonly file: string; of(artifact: Artifact): unknown }>
> = {
  openapi: { file: 'openapi.gen.json', of: (artifact) => toOpenApi(artifact) },
  'json-schema': { file: 'schema.gen.json', of: toJsonSchema },
  mcp: { file: 'mcp.gen.json', of: (artifact) => ({ tools: toMcpTools(artifact) }) },
}

/** Texts by file name; `undefined` for files that earlier runs may have left. */
export function emitFiles(
  api: Api,
  { written, derived, targets, extension, specifierOf }: FilesOptions,
): ReadonlyMap<string, string | undefined> {
  const wanted: ReadonlySet<string> = new Set(targets)
  const { artifact } = written
  const after = { client: `./client.gen${extension}`, derived }
  const hooks = Object.entries(bindings).map(
    ([target, binding]) =>
      [
        `${target}.gen.ts`,
        wanted.has(target) ? emitBinding(api, binding, after) : undefined,
      ] as const,
  )
  return new Map([
    ['server.gen.ts', emitServer(api, { written, derived, specifierOf })],
    ['artifact.gen.json', prettyArtifact(written, derived.of(createJoinedText, prettyArtifact))],
    ['client.gen.ts', emitClient(api, { artifact, derived })],
    ...hooks,
    ['forms.gen.ts', wanted.has('forms') ? emitForms(api, after) : undefined] as const,
    ...Object.entries(documents).map(
      ([target, { file, of }]) =>
        [
          file,
          wanted.has(target) ? `${JSON.stringify(of(artifact), null, 2)}\n` : undefined,
        ] as const,
    ),
  ])
}
