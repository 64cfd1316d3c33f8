/** The packages are released together, so a reader never has to ask which fits which. */

import { relative } from 'node:path'
import { readWorkspace } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** Fails when a version differs from the root's, or a package asks for another version of a neighbour. */
export const oneVersionForAllPackages: Gate = {
  claim: 'one version for all packages',
  async check(root) {
    const { manifest, packages } = await readWorkspace(root)
    const version = manifest.version
    const violations: string[] = []
    for (const one of packages) {
      const place = `${relative(root, one.folder)}/package.json`
      if (one.manifest.version !== version) {
        violations.push(`${place} has version ${one.manifest.version}, the root has ${version}`)
      }
      const wanted = {
        ...one.manifest.dependencies,
        ...one.manifest.peerDependencies,
        ...one.manifest.devDependencies,
      }
      for (const [name, range] of Object.entries(wanted)) {
        if (!name.startsWith('@mizan/') || range === version || range === '*') continue
        violations.push(`${place} wants ${name} ${range}, the root has ${version}`)
      }
    }
    return violations
  },
}
