/** The workspace as the gates see it: packages, their manifests, and the source behind each entry. */

import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository's root folder. */
export const repository: string = resolve(dirname(fileURLToPath(import.meta.url)), '..')

/** What the gates read of a package.json. */
export interface Manifest {
  readonly name: string
  readonly version?: string
  readonly private?: boolean
  readonly engines?: { readonly node?: string }
  readonly bin?: Readonly<Record<string, string>>
  readonly scripts?: Readonly<Record<string, string>>
  readonly exports?: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** One line of `exports`, by its full name: `@mizan/db/plugin`. */
export interface Entry {
  readonly name: string
  /** Absolute path of the source module. */
  readonly source: string
  readonly conditions: Readonly<Record<string, string>>
}

/** One package of the workspace. */
export interface Package {
  readonly name: string
  /** Absolute path. */
  readonly folder: string
  readonly manifest: Manifest
  readonly entries: readonly Entry[]
}

/** The root manifest and every package below it, sorted by name. */
export interface Workspace {
  readonly root: string
  readonly manifest: Manifest
  readonly packages: readonly Package[]
}

/** Reads the workspace at `root` as the root package.json draws it (`cores/*`, `codegen`). */
export async function readWorkspace(root: string = repository): Promise<Workspace> {
  const manifest = await readManifest(root)
  if (manifest === undefined) throw new Error(`${root} has no package.json`)
  const folders = (
    await Promise.all((manifest.workspaces ?? []).map((p) => expand(root, p)))
  ).flat()
  const packages: Package[] = []
  for (const folder of folders) {
    const own = await readManifest(folder)
    if (own !== undefined) {
      packages.push({ name: own.name, folder, manifest: own, entries: entriesOf(own, folder) })
    }
  }
  return { root, manifest, packages: packages.sort((a, b) => (a.name < b.name ? -1 : 1)) }
}

/**
 * The modules of a package that its users run: not tests, benchmarks or the cases that tests share, and not the client
 * generated for a fixture's functions, which is for who calls them.
 */
export function shippedSources(one: Package): Promise<string[]> {
  const shipped = /(?<!\.(test|test-d|bench|conformance|fixture)|client\.gen)\.tsx?$/
  return filesUnder(join(one.folder, 'src'), shipped)
}

/** The files under `folder` whose names match, absolute and sorted; never below node_modules, dist or a dot folder. */
export async function filesUnder(folder: string, pattern: RegExp): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(folder, { withFileTypes: true }).catch(() => [])) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      if (/^(\.|node_modules$|dist$|test-results$)/.test(entry.name)) continue
      found.push(...(await filesUnder(path, pattern)))
    } else if (pattern.test(entry.name)) found.push(path)
  }
  return found.sort()
}

async function readManifest(
  folder: string,
): Promise<(Manifest & { workspaces?: readonly string[] }) | undefined> {
  const text = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

async function expand(root: string, pattern: string): Promise<string[]> {
  if (!pattern.endsWith('/*')) return [join(root, pattern)]
  const parent = join(root, pattern.slice(0, -2))
  const entries = await readdir(parent, { withFileTypes: true }).catch(() => [])
  return entries.filter((entry) => entry.isDirectory()).map((entry) => join(parent, entry.name))
}

function entriesOf(manifest: Manifest, folder: string): Entry[] {
  return Object.entries(manifest.exports ?? {}).map(([subpath, conditions]) => ({
    name: manifest.name + subpath.slice(1),
    source: join(folder, conditions['@mizan/source'] ?? conditions.default ?? ''),
    conditions,
  }))
}
