/** What runs in browsers and Workers has no Node below it, not even a type. */

import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { importsReachedFrom, isBuiltin } from '../imports.ts'
import { readWorkspace } from '../workspace.ts'
import type { Gate } from './gate.ts'

const portable = [
  '@mizan/protocol',
  '@mizan/edge',
  '@mizan/base',
  '@mizan/react',
  '@mizan/vue',
  '@mizan/svelte',
  '@mizan/db',
  '@mizan/db/edge',
  '@mizan/db-sqlite/d1',
  '@mizan/db-postgres/neon',
]

/** Fails when a portable entry reaches a module of Node; what it imports from the workspace is followed. */
export const edgeImportsNothingFromNode: Gate = {
  claim: 'edge imports nothing from node:',
  async check(root) {
    const { packages } = await readWorkspace(root)
    const entries = new Map(packages.flatMap((one) => one.entries.map((e) => [e.name, e] as const)))
    const violations: string[] = []
    for (const name of portable) {
      const seen = new Set(entries.has(name) ? [name] : [])
      for (const step of seen) {
        const entry = entries.get(step)
        if (entry === undefined || !existsSync(entry.source)) continue
        for (const found of await importsReachedFrom(entry.source)) {
          if (entries.has(found.specifier)) seen.add(found.specifier)
          if (!isBuiltin(found.specifier)) continue
          const place = `${relative(root, found.file)}:${found.line}`
          violations.push(`${place}: ${name} reaches ${found.specifier}`)
        }
      }
    }
    return violations
  },
}
