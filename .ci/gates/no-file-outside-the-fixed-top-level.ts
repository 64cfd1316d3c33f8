/** The house has its rooms; a new thing goes into one of them. */

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
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

/** Fails on a file or folder at the top level that the plan does not name (ignored files are not looked at). */
export const noFileOutsideTheFixedTopLevel: Gate = {
  claim: 'no file outside the fixed top level',
  async check(root) {
    const { stdout } = await promisify(execFile)(
      'git',
      ['ls-files', '--cached', '--others', '--exclude-standard', '-z'],
      { cwd: root, maxBuffer: 64 * 1024 * 1024 },
    )
    const names = new Set(
      stdout
        .split('\0')
        .filter((path) => path !== '')
        .map((path) => path.split('/', 1)[0] + (path.includes('/') ? '/' : '')),
    )
    const known = new Set([...rooms.map((room) => `${room}/`), ...files])
    return [...names]
      .filter((name) => !known.has(name))
      .map((name) => `${name} is not part of the top level: put it into one of ${rooms.join(', ')}`)
  },
}
