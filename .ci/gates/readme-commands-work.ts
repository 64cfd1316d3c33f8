/** A command that a README tells people to run exists. */

import { readFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fencesOf } from '../fences.ts'
import { mizan } from '../mizan.ts'
import { filesUnder, readWorkspace } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** Looks up every `make`, `mizan` and `npm run` line of the ```sh fences. */
export const readmeCommandsWork: Gate = {
  claim: 'README commands work',
  async check(root) {
    const { manifest, packages } = await readWorkspace(root)
    const scripts = new Map(
      [manifest, ...packages.map((one) => one.manifest)].map((one) => [
        one.name,
        one.scripts ?? {},
      ]),
    )
    for (const one of packages) scripts.set(relative(root, one.folder), one.manifest.scripts ?? {})
    const known: Known = { targets: await targetsOf(root), verbs: await verbs(root), scripts }
    const violations: string[] = []
    for (const readme of await filesUnder(root, /^README\.md$/)) {
      for (const fence of fencesOf(await readFile(readme, 'utf8'))) {
        if (!/^(sh|bash|shell|console)$/.test(fence.language)) continue
        for (const [index, line] of fence.text.split('\n').entries()) {
          const complaint = complaintAbout(line, known, relative(root, dirname(readme)))
          if (complaint === undefined) continue
          violations.push(`${relative(root, readme)}:${fence.line + index}: ${complaint}`)
        }
      }
    }
    return violations
  },
}

interface Known {
  readonly targets: ReadonlySet<string>
  readonly verbs: ReadonlySet<string>
  readonly scripts: ReadonlyMap<string, Readonly<Record<string, string>>>
}

function complaintAbout(line: string, known: Known, folder: string): string | undefined {
  for (const command of line.replace(/(^|\s)#.*$/, '').split(/&&|\|\||;|\|/)) {
    const words = command.trim().replace(/^\$ /, '').split(/\s+/)
    while (/^[A-Z_]+=/.test(words[0] ?? '') || /^(npx|sudo|--yes|-y)$/.test(words[0] ?? ''))
      words.shift()
    const [program, ...rest] = words
    const first = rest[0]
    if (program === 'make') {
      const unknown = rest.find(
        (word) => /^[a-z]/.test(word) && !word.includes('=') && !known.targets.has(word),
      )
      if (unknown !== undefined) return `the Makefile has no target ${unknown}`
    }
    if (
      (program === 'mizan' || program === '@mizan/cli') &&
      first !== undefined &&
      /^[a-z]/.test(first)
    ) {
      if (!known.verbs.has(first)) return `mizan has no verb ${first}`
    }
    if (program === 'npm' && first === 'run' && rest[1] !== undefined) {
      const workspace = rest[rest.findIndex((word) => word === '-w' || word === '--workspace') + 1]
      const from = rest.includes('-w') || rest.includes('--workspace') ? workspace : folder
      const scripts = known.scripts.get(from === undefined || from === '' ? 'mizan' : from)
      if (scripts?.[rest[1]] === undefined)
        return `there is no npm script ${rest[1]} in ${from || 'the root'}`
    }
  }
  return undefined
}

async function targetsOf(root: string): Promise<Set<string>> {
  const makefile = await readFile(join(root, 'Makefile'), 'utf8').catch(() => '')
  return new Set([...makefile.matchAll(/^([a-z][\w-]*):/gm)].map((match) => match[1] ?? ''))
}

/** The verbs are what `mizan --help` shows at the beginning of a line. */
async function verbs(root: string): Promise<Set<string>> {
  const { output } = await mizan(['--help'], root)
  return new Set([...output.matchAll(/^\s*(?:mizan )?([a-z]+)\b/gm)].map((match) => match[1] ?? ''))
}
