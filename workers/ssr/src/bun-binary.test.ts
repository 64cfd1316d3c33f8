import { temporaryFolder } from '@mizan/testing/resources'
import { execFileSync } from 'node:child_process'
import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { findBun } from './bun-binary.ts'

const platform = `@oven/bun-${process.platform}-${process.arch === 'arm64' ? 'aarch64' : process.arch}`

async function install(folder: string, name: string, file: string): Promise<string> {
  const root = join(folder, 'node_modules', name)
  const path = join(root, file)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(join(root, 'package.json'), '{}')
  await writeFile(path, '')
  await chmod(path, 0o755)
  return path
}

test('what is found is Bun', () => {
  const version = execFileSync(findBun(import.meta.filename), ['--version'], { encoding: 'utf8' })
  expect(version).toMatch(/^\d+\.\d+\.\d+\s*$/)
})

test('the platform package beside the worker file comes first', async () => {
  await using folder = await temporaryFolder()
  await install(folder.path, 'bun', 'bin/bun.exe')
  const binary = await install(folder.path, platform, 'bin/bun')
  expect(findBun(join(folder.path, 'worker.tsx'))).toBe(binary)
})

test('a platform package that an install script has emptied is passed over', async () => {
  await using folder = await temporaryFolder()
  const empty = await install(folder.path, platform, 'bin/bun')
  await chmod(empty, 0o644)
  const binary = await install(folder.path, 'bun', 'bin/bun.exe')
  expect(findBun(join(folder.path, 'src', 'worker.tsx'))).toBe(binary)
})
