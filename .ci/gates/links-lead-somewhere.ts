/** A link in a document of the repository leads to a file that is there. */

import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { filesUnder } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** Looks at the relative links of every README.md and of ROADMAP.md; fences are not looked at. */
export const linksLeadSomewhere: Gate = {
  claim: 'links lead somewhere',
  async check(root) {
    const violations: string[] = []
    for (const document of await filesUnder(root, /^(README|ROADMAP)\.md$/)) {
      let fenced = false
      for (const [index, line] of (await readFile(document, 'utf8')).split('\n').entries()) {
        if (/^\s*(```|~~~)/.test(line)) fenced = !fenced
        if (fenced) continue
        for (const [, target = ''] of line.matchAll(/\]\(([^)\s]+)\)/g)) {
          const path = target.replace(/#.*$/, '')
          if (/^[a-z]+:/.test(path) || path === '') continue
          if (existsSync(join(dirname(document), path))) continue
          violations.push(`${relative(root, document)}:${index + 1}: ${path} does not exist`)
        }
      }
    }
    return violations
  },
}
