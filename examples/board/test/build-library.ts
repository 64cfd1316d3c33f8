/** A page in another library as a visitor gets it: both builds, into a folder of the test. */

import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Library } from '../src/server/library-pages.ts'
import { loadLibrary } from '../src/server/load-library.ts'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

/** Builds the package at `root` into `folder`. */
export async function buildLibrary(root: string, folder: string): Promise<Library> {
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js')
  const flags = ['--conditions=@mizan/source', '--import', 'tsx', vite, 'build']
  const options = ['--configLoader', 'native', '--logLevel', 'warn', '--emptyOutDir', '--outDir']
  const env = { ...process.env, NODE_ENV: 'production' }
  const build = (...more: string[]): Promise<unknown> =>
    run(process.execPath, [...flags, ...options, ...more], { cwd: root, env })
  await Promise.all([
    build(join(folder, 'client')),
    build(join(folder, 'server'), '--ssr', 'src/render.ts'),
  ])
  return loadLibrary(folder)
}
