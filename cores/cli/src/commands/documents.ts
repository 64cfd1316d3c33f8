/** `mizan openapi`, `mizan schema` and `mizan mcp`: the artifact in the words of other tools. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Artifact } from '@mizan/protocol'
import type { Command } from '../command.ts'
import { giveDocument, outOption } from '../give-document.ts'
import { type LoadedConfig, loadConfig } from '../load-config.ts'
import { readArtifact } from '../read-artifact.ts'

interface DocumentKind {
  readonly name: string
  readonly summary: string
  /** The compiler is loaded by then, or never. */
  of(artifact: Artifact, loaded: LoadedConfig): Promise<unknown>
}

function documentCommand({ name, summary, of }: DocumentKind): Command {
  return {
    name,
    summary,
    usage: '[--out <file>]',
    positionals: [],
    options: { out: outOption },
    async run(invocation) {
      const loaded = await loadConfig(invocation.folder)
      return giveDocument(await of(await readArtifact(loaded), loaded), invocation)
    },
  }
}

export const openapi: Command = documentCommand({
  name: 'openapi',
  summary: 'Print the HTTP interface as an OpenAPI 3.1 document',
  async of(artifact, { config: { base }, root }) {
    const { toOpenApi } = await import('@mizan/codegen')
    return toOpenApi(artifact, { ...packageOf(root), ...(base === undefined ? {} : { base }) })
  },
})

export const schema: Command = documentCommand({
  name: 'schema',
  summary: 'Print arguments and results as JSON Schema 2020-12',
  async of(artifact) {
    const { toJsonSchema } = await import('@mizan/codegen')
    return toJsonSchema(artifact)
  },
})

export const mcp: Command = documentCommand({
  name: 'mcp',
  summary: 'Print the public functions as tools of the Model Context Protocol',
  async of(artifact) {
    const { toMcpTools } = await import('@mizan/codegen')
    return { tools: toMcpTools(artifact) }
  },
})

/** What the project calls itself. */
function packageOf(root: string): { readonly title?: string; readonly version?: string } {
  try {
    const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
    const { name, version } = manifest as { name?: unknown; version?: unknown } // cast: looked at below
    return {
      ...(typeof name === 'string' && name !== '' ? { title: name } : {}),
      ...(typeof version === 'string' ? { version } : {}),
    }
  } catch {
    return {}
  }
}
