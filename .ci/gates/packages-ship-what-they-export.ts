/** What `npm pack` would put into a package: all that its exports and commands name, and nothing of the workshop. */

import { execFile } from 'node:child_process'
import { relative } from 'node:path'
import { promisify } from 'node:util'
import { type Package, readWorkspace } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** Asks npm itself which files it would pack; looks at what was built. */
export const packagesShipWhatTheyExport: Gate = {
  claim: 'packages ship what they export, and no tests',
  async check(root) {
    const { packages } = await readWorkspace(root)
    const published = packages.filter(({ manifest }) => manifest.private !== true)
    const packed = await packedFiles(published, root)
    return published.flatMap((one) => violationsOf(one, packed.get(one.name) ?? new Set()))
  },
}

async function packedFiles(
  packages: readonly Package[],
  root: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const chosen = packages.flatMap(({ folder }) => ['--workspace', relative(root, folder)])
  const { stdout } = await promisify(execFile)(
    'npm',
    ['pack', '--dry-run', '--json', '--silent', '--ignore-scripts', ...chosen],
    { cwd: root, maxBuffer: 64 * 2 ** 20 },
  )
  // A list, or since npm 12 an object by name.
  const packs = Object.values(JSON.parse(stdout)) as readonly Pack[] // cast: as npm documents it
  return new Map(packs.map(({ name, files }) => [name, new Set(files.map(({ path }) => path))]))
}

interface Pack {
  readonly name: string
  readonly files: readonly { readonly path: string }[]
}

function violationsOf({ name, manifest, entries }: Package, files: ReadonlySet<string>): string[] {
  const named = [
    // An entry that only the workspace resolves is not for others.
    ...entries.flatMap(({ conditions: { types, default: main } }) => [types, main]),
    ...Object.values(manifest.bin ?? {}),
  ].flatMap((path) => (path === undefined ? [] : [path.replace(/^\.\//, '')]))
  return [
    ...named
      .filter((path) => !files.has(path))
      .map(
        (path) => `${name} exports ${path}, but does not pack it; see "files" of its package.json`,
      ),
    ...[...files]
      .filter((path) => /\.(test|test-d|bench)\.[a-z.]+$|\.tsbuildinfo$/.test(path))
      .map((path) => `${name} packs ${path}; leave it out by "files" of its package.json`),
  ]
}
