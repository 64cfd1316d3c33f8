/** What a page downloads: bundled and minified by esbuild, compressed by gzip. */

import { gzipSync } from 'node:zlib'

import { build } from 'esbuild'

/** Bytes of `source`, an ES module that imports packages by name, without the libraries that pages have anyway. */
export async function gzipBytes(source: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: import.meta.dirname },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@mizan/source'],
    external: ['react', 'vue', 'svelte'],
  })
  return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).byteLength
}

/** The kernel and what reads, streams and channels take of it: what a binding's own bytes are counted on top of. */
export const kernelSource = `export {
  createKernel, call, fetchContext, createRead, createInfinite, createStream, observeChannel
} from '@mizan/base'\n`
