/** Where the fixtures are. */

import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of all fixtures; its `tsconfig.json` is theirs. */
export const fixturesFolder: string = resolve(fileURLToPath(import.meta.url), '../../fixtures')

/** The names of the fixtures, sorted. */
export const fixtures: readonly string[] = readdirSync(fixturesFolder)
  .filter((name) => existsSync(join(fixturesFolder, name, 'src')))
  .sort()
