/** Which compiler this is: another one may write other files from the same source. */

import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Of the code of the compiler and of what it is made with; also tells two states of a checkout apart. */
export function compilerIdentity(): string {
  const hash = createHash('sha256')
  const own = dirname(dirname(fileURLToPath(import.meta.url)))
  const protocol = dirname(fileURLToPath(import.meta.resolve('@mizan/protocol')))
  for (const folder of [own, protocol]) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()) {
      const stats = statSync(join(folder, name))
      if (stats.isFile()) hash.update(`${name} ${stats.size} ${stats.mtimeMs}\n`)
    }
  }
  const require = createRequire(import.meta.url)
  hash.update(readFileSync(require.resolve('@ts-morph/common/package.json')))
  return hash.digest('base64')
}
