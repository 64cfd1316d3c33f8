/** A project of generated files in a folder of its own. */

import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { repository } from '../../workspace.ts'
import type { Files } from './shape.ts'

/** A project on disk; disposing removes it. */
export interface BenchProject extends AsyncDisposable {
  readonly root: string
  write(file: string, text: string): Promise<void>
}

const compilerOptions = {
  target: 'es2023',
  lib: ['es2023', 'dom'],
  module: 'nodenext',
  strict: true,
  types: ['node'],
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  experimentalDecorators: true,
  noEmit: true,
}

/** Writes a project that finds the packages of this repository as installed ones. */
export async function benchProject(files: Files): Promise<BenchProject> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'mizan-bench-')))
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, file)), { recursive: true })
    await writeFile(join(root, file), text)
  }
  await symlink(join(repository, 'node_modules'), join(root, 'node_modules'))
  await write('package.json', '{ "type": "module" }')
  await write('tsconfig.json', JSON.stringify({ compilerOptions, include: ['src', 'mizan'] }))
  await write('mizan.config.ts', `export default { functions: ['src/items-*.ts'] }\n`)
  for (const [file, text] of Object.entries(files)) await write(file, text)
  return { root, write, [Symbol.asyncDispose]: () => rm(root, { recursive: true }) }
}
