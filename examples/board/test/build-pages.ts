/** The pages as a visitor gets them: built by Vite into a folder of the test. */

import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

/** Builds into `folder`. */
export async function buildPages(folder: string): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js')
  const flags = ['--conditions=@mizan/source', '--import', 'tsx']
  // NODE_ENV is "test" here, which would build React's development version.
  const env = { ...process.env, NODE_ENV: 'production' }
  const build = ['build', '--configLoader', 'native', '--outDir', folder, '--logLevel', 'warn']
  await run(process.execPath, [...flags, vite, ...build], { cwd: root, env })
}
