/** The text of a source file, as the compiler has it. */

import { readFileSync } from 'node:fs'

/** Nothing for a file that cannot be read. */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
  } catch {
    return ''
  }
}
