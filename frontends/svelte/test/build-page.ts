/** Components need Svelte's compiler: builds an entry with it and loads the result. */

import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'

import { build, type Plugin } from 'esbuild'
import { compile } from 'svelte/compiler'

/** Builds and loads `client.ts` or `server.ts` of this folder. */
export async function buildPage<Module>(side: 'client' | 'server'): Promise<Module> {
  const { outputFiles } = await build({
    entryPoints: [join(import.meta.dirname, `${side}.ts`)],
    bundle: true,
    write: false,
    format: 'esm',
    platform: side === 'client' ? 'browser' : 'node',
    conditions: ['@mizan/source', 'svelte', side === 'client' ? 'browser' : 'node'],
    plugins: [svelte(side)],
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  // cast: the caller names what the entry exports.
  return (await import(`data:text/javascript;base64,${code}`)) as Module
}

function svelte(generate: 'client' | 'server'): Plugin {
  return {
    name: 'svelte',
    setup(pipeline) {
      pipeline.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
        const source = await readFile(path, 'utf8')
        return { contents: compile(source, { generate, filename: basename(path) }).js.code }
      })
    },
  }
}
