/** Which modules the globs of a project name. */

import { sep } from 'node:path'
import { globSync } from 'tinyglobby'

/** Sources, sorted; generated files and tests are read only where one of these imports them. */
export function matchFiles(root: string, globs: readonly string[]): string[] {
  const patterns = globs.map((glob) => glob.replace(/^(!?)\.\//, '$1'))
  return globSync(patterns, {
    cwd: root,
    absolute: true,
    expandDirectories: false,
    ignore: ['**/node_modules/**'],
  })
    .map((path) => path.split(sep).join('/'))
    .filter(isRoot)
    .sort()
}

function isRoot(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path) && !/\.(gen|test|spec|test-d)\.[cm]?[jt]sx?$/.test(path)
}
