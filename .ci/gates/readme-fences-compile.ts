/** Every ```ts and ```tsx fence of every README is a module that compiles as it stands. */

import { existsSync } from 'node:fs'
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'
import { fencesOf } from '../fences.ts'
import { mizan } from '../mizan.ts'
import { typeErrors } from '../type-check.ts'
import { filesUnder } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** One fence as a file of its own, and where its first line stands in the README. */
interface Written {
  readonly path: string
  readonly readme: string
  readonly line: number
}

/**
 * Writes the fences beside their README (below `.mizan/`, so that the package's own names resolve) and
 * compiles all of them at once. `title=<path>` names the file, so that fences can import each other; beside them
 * stand the README's own `src` and `mizan`. A README with a fence `title=mizan.config.ts` is a whole project, and
 * `mizan generate` runs in it first.
 */
export const readmeFencesCompile: Gate = {
  claim: 'README fences compile',
  async check(root) {
    const written: Written[] = []
    const projects: string[] = []
    for (const readme of await filesUnder(root, /^README\.md$/)) {
      const folder = folderOf(readme)
      await rm(folder, { recursive: true, force: true })
      const files = await writeFences(readme, folder)
      written.push(...files)
      if (files.some((file) => file.path === join(folder, 'mizan.config.ts'))) projects.push(readme)
    }
    const violations: string[] = []
    const generateEach = async (): Promise<void> => {
      for (let readme = projects.pop(); readme !== undefined; readme = projects.pop()) {
        const { code, output } = await mizan(['generate'], folderOf(readme))
        if (code !== 0)
          violations.push(`${relative(root, readme)}: mizan generate: ${output.trim()}`)
      }
    }
    await Promise.all([generateEach(), generateEach()])
    if (written.length === 0) return violations
    return [...violations, ...(await compile(written, root))]
  },
}

function folderOf(readme: string): string {
  return join(dirname(readme), '.mizan/readme')
}

async function writeFences(readme: string, folder: string): Promise<Written[]> {
  const fences = fencesOf(await readFile(readme, 'utf8'))
  const files: Written[] = []
  for (const { language, title, text, line } of fences) {
    if (language !== 'ts' && language !== 'tsx') continue
    const path = join(folder, title ?? `line-${line}.${language}`)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, `${text}export {}\n`)
    files.push({ path, readme, line })
  }
  if (files.length > 0) {
    const project = { compilerOptions, include: ['**/*.ts', '**/*.tsx'] }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(project))
    for (const name of ['src', 'mizan']) {
      const real = join(dirname(readme), name) // the README's own folder, where no fence takes its place
      if (existsSync(real) && !existsSync(join(folder, name)))
        await symlink(real, join(folder, name))
    }
  }
  return files
}

/** What an application of Mizan has in its tsconfig.json. */
const compilerOptions = {
  target: 'ES2023',
  lib: ['ES2024', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
  module: 'ESNext',
  moduleResolution: 'Bundler',
  customConditions: ['@mizan/source'],
  types: ['node'],
  jsx: 'react-jsx',
  strict: true,
  skipLibCheck: true,
  verbatimModuleSyntax: true,
  experimentalDecorators: true,
  allowImportingTsExtensions: true,
  noEmit: true,
} as const

async function compile(written: readonly Written[], root: string): Promise<string[]> {
  const folder = join(root, '.mizan/readme')
  const project = join(folder, 'tsconfig.fences.json')
  await mkdir(folder, { recursive: true })
  await writeFile(project, JSON.stringify({ compilerOptions, files: written.map((w) => w.path) }))
  const errors = await typeErrors(['-p', project], root)
  return errors.map((error) => atReadme(error, written, root))
}

/** Points a message of tsc at the line of the README. */
function atReadme(message: string, written: readonly Written[], root: string): string {
  const [, file = '', line = '0', rest = ''] = /^(.+?)\((\d+),\d+\): (.*)$/.exec(message) ?? []
  const found = written.find((one) => join(root, file) === one.path)
  return found === undefined
    ? message
    : `${relative(root, found.readme)}:${found.line + Number(line) - 1}: ${rest}`
}
