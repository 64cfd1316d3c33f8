/** The house has its rooms; a new thing goes into one of them. */

import { readdir, readFile } from 'node:fs/promises'
import { join, matchesGlob } from 'node:path'
import type { Gate } from './gate.ts'

const rooms = ['backends', 'frontends', 'workers', 'cores', 'codegen', 'examples', '.ci']
const files = [
  'Makefile',
  'Dockerfile.test',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
  'ROADMAP.md',
  'LICENSE',
  '.dockerignore',
  '.editorconfig',
  '.gitattributes',
  '.gitignore',
  '.npmrc',
  '.oxfmtrc.json',
  '.oxlintrc.json',
]

/** Fails on a file or folder at the top level that the plan does not name; what .gitignore names is not looked at. */
export const noFileOutsideTheFixedTopLevel: Gate = {
  claim: 'no file outside the fixed top level',
  async check(root) {
    const text = await readFile(join(root, '.gitignore'), 'utf8').catch(() => '')
    const ignored = ['.git', ...text.split('\n').map((line) => line.trim().replace(/\/$/, ''))]
    const entries = await readdir(root, { withFileTypes: true })
    return entries
      .filter(({ name }) => !ignored.some((pattern) => matchesGlob(name, pattern)))
      .filter((entry) => !(entry.isDirectory() ? rooms : files).includes(entry.name))
      .map(({ name }) => `${name} is not part of the top level: put it into ${rooms.join(', ')}`)
      .sort()
  },
}
