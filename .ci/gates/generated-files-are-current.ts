/** What is generated is what the source says: nobody edits it, nobody forgets it. */

import { readFile } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { mizan } from '../mizan.ts'
import { filesUnder } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** Runs `mizan generate --check` in every folder that has a mizan.config.ts, and compares its manifest where one is kept. */
export const generatedFilesAreCurrent: Gate = {
  claim: 'generated files are current',
  async check(root) {
    const violations: string[] = []
    for (const config of await filesUnder(root, /^mizan\.config\.ts$/)) {
      const folder = dirname(config)
      const place = relative(root, folder) || '.'
      const { code, output } = await mizan(['generate', '--check'], folder)
      if (code !== 0) violations.push(`${place}: ${output.trim()}\nrun: mizan generate`)
      for (const manifest of await filesUnder(folder, /^manifest\.gen\.json$/)) {
        const path = relative(folder, manifest)
        const current = await mizan(['manifest'], folder)
        if (current.output.trim() === (await readFile(manifest, 'utf8')).trim()) continue
        violations.push(`${place}: ${path} is stale\nrun: mizan manifest --out ${path}`)
      }
    }
    return violations
  },
}
