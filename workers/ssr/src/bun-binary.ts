/** Finds the Bun binary that npm installed, or the one on the path. */

import { accessSync, constants, existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join, resolve } from 'node:path'
import { MizanError } from '@mizan/protocol'

/**
 * The path of Bun: the platform package of npm first, then the file that `bun`'s install script made of it, then the
 * path. The platform package is empty after a normal install, and `.bin/bun` a stub that fails after one with
 * `--ignore-scripts`, so that neither alone will do.
 *
 * @param from A file from whose place packages are looked up: the worker file.
 * @throws MizanError `UNAVAILABLE` when there is no Bun.
 */
export function findBun(from: string): string {
  for (const start of [from, join(process.cwd(), 'package.json'), import.meta.url]) {
    const require = createRequire(start)
    const places = [
      ...platformPackages().map((name) => inPackage(require, name, `bin/bun${suffix}`)),
      inPackage(require, 'bun', 'bin/bun.exe'),
    ]
    const found = places.find((place) => place !== undefined && isExecutable(place))
    if (found !== undefined) return found
  }
  const onPath = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => resolve(folder, `bun${suffix}`))
    .find(isExecutable)
  if (onPath !== undefined) return onPath
  throw new MizanError(
    'UNAVAILABLE',
    'Server rendering needs Bun, and none was found beside the worker file or on the path: run "npm install bun"',
  )
}

const suffix = process.platform === 'win32' ? '.exe' : ''

function platformPackages(): string[] {
  const system = process.platform === 'win32' ? 'windows' : process.platform
  const processor = process.arch === 'arm64' ? 'aarch64' : process.arch
  const base = `@oven/bun-${system}-${processor}`
  const musl = [`${base}-musl`, `${base}-musl-baseline`]
  const plain = [base, `${base}-baseline`]
  if (system !== 'linux') return plain
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64'
  return existsSync(`/lib/ld-musl-${machine}.so.1`) ? [...musl, ...plain] : [...plain, ...musl]
}

function inPackage(require: NodeJS.Require, name: string, file: string): string | undefined {
  try {
    return join(dirname(require.resolve(`${name}/package.json`)), file)
  } catch {
    return undefined
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
