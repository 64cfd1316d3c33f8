/** What is generated is what the source says: nobody edits it, nobody forgets it. */

import { relative } from 'node:path'
import { mizan } from '../mizan.ts'
import { filesUnder } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** Runs `mizan generate --check` in every folder that has a mizan.config.ts. */
export const generatedFilesAreCurrent: Gate = {
  claim: 'generated files are current',
  async check(root) {
    const violations: string[] = []
    for (const config of await filesUnder(root, /^mizan\.config\.ts$/)) {
      const folder = config.slice(0, -'/mizan.config.ts'.length)
      const { code, output } = await mizan(['generate', '--check'], folder)
      if (code !== 0) {
        violations.push(`${relative(root, folder) || '.'}: ${output.trim()}\nrun: mizan generate`)
      }
    }
    return violations
  },
}
