/** A small repository that breaks a rule on purpose. */

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { repository } from '../workspace.ts'

/** A folder that goes when the test ends. */
export interface Fixture extends AsyncDisposable {
  readonly root: string
  /** Writes or overwrites a file. */
  write(path: string, text: string): Promise<void>
}

/** Writes `files` (objects become JSON) to a folder inside the repository, so that its packages resolve there. */
export async function fixture(files: Readonly<Record<string, unknown>>): Promise<Fixture> {
  await mkdir(join(repository, '.mizan'), { recursive: true })
  const root = await mkdtemp(join(repository, '.mizan/fixture-'))
  const write = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text)
  }
  for (const [path, content] of Object.entries(files)) {
    await write(path, typeof content === 'string' ? content : JSON.stringify(content))
  }
  return { root, write, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) }
}

/** The manifest of a workspace root with its packages in `cores/` and applications in `examples/`. */
export const rootManifest = {
  name: 'fixture',
  version: '1.0.0',
  workspaces: ['cores/*', 'examples/*'],
} as const

/** A package.json with one entry, `src/index.ts`, and what else is given. */
export function packageManifest(
  name: string,
  more: Readonly<Record<string, unknown>> = {},
): unknown {
  const entry = {
    '@mizan/source': './src/index.ts',
    types: './dist/index.d.ts',
    default: './dist/index.js',
  }
  return { name, version: '1.0.0', type: 'module', exports: { '.': entry }, ...more }
}
