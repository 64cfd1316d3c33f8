/** Probes as Svelte components: one bundle of all fixtures, because components need Svelte's compiler. */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { Kernel, KernelLayer, KernelOptions } from '@mizan/base'
import { build } from 'esbuild'
import { compile } from 'svelte/compiler'
import { fixtures, fixturesFolder } from '../fixtures-folder.ts'
import type { Hook, ProbePage, ProbeProps } from './probe.ts'

interface Bundle {
  readonly hooks: Readonly<Record<string, Readonly<Record<string, Hook>>>>
  createKernel(options: KernelOptions, ...layers: readonly KernelLayer[]): Kernel
  mount(component: unknown, options: { target: HTMLElement; props: object }): object
  unmount(component: object): void
  readonly Page: unknown
}

/** Builds the page. */
export async function sveltePage(): Promise<ProbePage> {
  const bundle = await buildBundle()
  return {
    hooks: async (fixture) => bundle.hooks[fixture] ?? {},
    createKernel: (origin, ...layers) => bundle.createKernel({ origin }, ...layers),
    mount(target, kernel, parts: readonly ProbeProps[]) {
      const mounted = bundle.mount(bundle.Page, { target, props: { kernel, parts } })
      return () => bundle.unmount(mounted)
    },
  }
}

async function buildBundle(): Promise<Bundle> {
  const generated = fixtures.filter((name) =>
    existsSync(`${fixturesFolder}/${name}/mizan/svelte.gen.ts`),
  )
  const contents = [
    `export { createKernel } from '@mizan/base'`,
    `export { mount, unmount } from 'svelte'`,
    `export { default as Page } from './Page.svelte'`,
    ...generated.map(
      (name, index) =>
        `import * as hooks${index} from ${JSON.stringify(`${fixturesFolder}/${name}/mizan/svelte.gen.ts`)}`,
    ),
    `export const hooks = { ${generated.map((name, index) => `${JSON.stringify(name)}: hooks${index}`).join(', ')} }`,
  ].join('\n')
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2023',
    conditions: ['@mizan/source', 'svelte', 'browser'],
    plugins: [
      {
        name: 'svelte',
        setup(pipeline) {
          pipeline.onLoad({ filter: /\.svelte$/ }, async ({ path }) => {
            const source = await readFile(path, 'utf8')
            const { js } = compile(source, { generate: 'client', filename: basename(path) })
            return { contents: js.code }
          })
        },
      },
    ],
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  return (await import(`data:text/javascript;base64,${code}`)) as Bundle // cast: what the entry exports
}
