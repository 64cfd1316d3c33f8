/** What of an application in SvelteKit goes to browsers. */

import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../run-command.ts'
import { filesUnder } from '../workspace.ts'

/** Its build is several builds, made in its folder: the source maps of the client's say which modules are in its chunks. */
export async function svelteKitModules(folder: string): Promise<Set<string>> {
  const built = await mkdtemp(join(tmpdir(), 'mizan-sveltekit-'))
  try {
    const vite = fileURLToPath(import.meta.resolve('vite/package.json')).replace(
      'package.json',
      'bin/vite.js',
    )
    const flags = ['--conditions=@mizan/source', '--import', 'tsx']
    const options = ['build', '--configLoader', 'native', '--sourcemap', 'hidden']
    const env = { ...process.env, NODE_ENV: 'production', BUILD_FOLDER: built }
    const { code, output } = await run(process.execPath, [...flags, vite, ...options], {
      cwd: folder,
      env,
    })
    if (code !== 0) throw new Error(output)
    const modules = new Set<string>()
    for (const map of await filesUnder(join(built, 'kit/output/client'), /\.js\.map$/)) {
      const { sources }: { sources: readonly string[] } = JSON.parse(await readFile(map, 'utf8'))
      for (const source of sources) modules.add(resolve(dirname(map), source))
    }
    return modules
  } finally {
    await rm(built, { recursive: true, force: true })
  }
}
