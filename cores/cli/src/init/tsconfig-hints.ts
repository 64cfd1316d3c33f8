/** What in a project's `tsconfig.json` does not fit yet. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A setting, the values that fit, and why. */
interface Wish {
  readonly setting: string
  readonly fits: RegExp
  readonly advice: string
}

const wishes: readonly Wish[] = [
  {
    setting: 'strict',
    fits: /^true$/,
    advice: '"strict": true, without which null is lost in what clients are told',
  },
  {
    setting: 'experimentalDecorators',
    fits: /^true$/,
    advice: '"experimentalDecorators": true, for @client on methods in every tool',
  },
  {
    setting: 'module',
    fits: /^"(nodenext|node1[68]|node20|preserve|esnext|es2022)"$/i,
    advice:
      '"module": "nodenext" (or "preserve" with a bundler), since Mizan is made of ES modules',
  },
]

/** One line for each setting of the file itself that is missing; settings that it extends are not followed. */
export function tsconfigHints(folder: string): string[] {
  const text = textOf(join(folder, 'tsconfig.json'))
  if (text === undefined) return []
  const isExtending = /"extends"\s*:/.test(text)
  return wishes.flatMap(({ setting, fits, advice }) => {
    const value = new RegExp(`"${setting}"\\s*:\\s*("[^"]*"|\\w+)`).exec(text)?.[1]
    if (value === undefined && isExtending) return []
    return value !== undefined && fits.test(value) ? [] : [`tsconfig.json: set ${advice}`]
  })
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').replace(/^\s*\/\/.*$/gm, '')
  } catch {
    return undefined
  }
}
