/** What a page downloads for Mizan: minified, with everything a package brings along, gzipped. */

import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { report } from './measured.ts'

const kilobyte = 1000

report({
  what: 'the kernel, with what it uses of the protocol',
  value: await gzipped(`export { createKernel, call, fetchContext } from '@mizan/base'`, []),
  unit: 'bytes',
  goal: 4 * kilobyte,
  atMost: 5 * kilobyte,
})
for (const framework of ['react', 'vue', 'svelte']) {
  report({
    what: `the ${framework} binding without the kernel`,
    value: await gzipped(`export * from '@mizan/${framework}'`, [
      framework,
      '@mizan/base',
      '@mizan/protocol',
    ]),
    unit: 'bytes',
    goal: 1.5 * kilobyte,
  })
}

async function gzipped(contents: string, external: readonly string[]): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    minify: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['@mizan/source'],
    external: [...external.flatMap((name) => [name, `${name}/*`])],
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length
}
