/** A fresh clone installs what the lock file says, so the lock file says what the manifests say. */

import { readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type Manifest, readWorkspace } from '../workspace.ts'
import type { Gate } from './gate.ts'

const kinds = ['dependencies', 'devDependencies', 'peerDependencies'] as const

/** Fails when a package.json asks for something that package-lock.json has not recorded in the same words. */
export const lockFileKnowsEveryDependency: Gate = {
  claim: 'the lock file knows every dependency',
  async check(root) {
    const workspace = await readWorkspace(root)
    const lock: { packages: Readonly<Record<string, Partial<Manifest>>> } = JSON.parse(
      await readFile(join(root, 'package-lock.json'), 'utf8'),
    )
    const manifests = [
      ['', workspace.manifest] as const,
      ...workspace.packages.map((one) => [relative(root, one.folder), one.manifest] as const),
    ]
    const violations: string[] = []
    for (const [folder, manifest] of manifests) {
      for (const kind of kinds) {
        const recorded = lock.packages[folder]?.[kind] ?? {}
        for (const [name, range] of Object.entries(manifest[kind] ?? {})) {
          if (recorded[name] === range) continue
          const place = join(folder, 'package.json')
          violations.push(
            `${place} wants ${name} ${range}, the lock file does not: run npm install`,
          )
        }
      }
    }
    return violations
  },
}
