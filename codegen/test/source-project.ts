/** A project of a few source files in a folder of its own. */

import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@mizan/testing/resources'
import {
  createGenerator,
  formatProblem,
  type GenerateOptions,
  type GenerateResult,
  type Generator,
} from '../src/index.ts'

export interface SourceProject extends AsyncDisposable {
  readonly root: string
  readonly generator: Generator
  write(file: string, text: string): Promise<void>
  remove(file: string): Promise<void>
  /** The text of a generated file. */
  generated(file: string): Promise<string>
  /** Generates, and expects no problems. */
  generate(paths?: readonly string[]): Promise<GenerateResult>
  /** The problems of a run, as text; `paths` were changed. */
  problems(paths?: readonly string[]): Promise<string[]>
  files(): Promise<string[]>
}

/** The folder whose `node_modules` hold everything. */
export const repository: string = resolve(fileURLToPath(import.meta.url), '../../..')

/** Where a project is and how it is compiled, besides what is generated. */
export interface SourceProjectOptions extends Partial<GenerateOptions> {
  /** Compiler options besides the usual ones. */
  readonly tsconfig?: object
  /** Whether packages resolve; what is marked is found without them. @default false */
  readonly installed?: boolean
}

const imports = `import { client, defineContext, GlobalContext } from '@mizan/server'\n`

/**
 * Writes `files` below `src/`; each begins with the imports of `@mizan/server` unless it imports something itself.
 */
export async function sourceProject(
  files: Readonly<Record<string, string>>,
  options: SourceProjectOptions = {},
): Promise<SourceProject> {
  const folder = await temporaryFolder()
  const root = folder.path
  const { tsconfig = {}, installed = false, ...generate } = options
  const write = async (file: string, text: string): Promise<void> => {
    const path = join(root, file)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(
      path,
      text.includes('import ') || file.endsWith('.json') ? text : imports + text,
    )
  }
  const compilerOptions = {
    target: 'es2023',
    // Types of the browser take most of a short run; few rules are about them.
    lib: installed ? ['es2023', 'dom'] : ['es2023'],
    module: 'nodenext',
    strict: true,
    types: installed ? ['node'] : [],
    ...(installed ? { customConditions: ['@mizan/source'] } : {}),
    allowImportingTsExtensions: true,
    noEmit: true,
    experimentalDecorators: true,
    ...tsconfig,
  }
  if (installed) await symlink(join(repository, 'node_modules'), join(root, 'node_modules'))
  await write('package.json', '{ "type": "module" }')
  await write('tsconfig.json', JSON.stringify({ compilerOptions }))
  for (const [file, text] of Object.entries(files)) await write(`src/${file}`, text)
  const generator = createGenerator({ root, functions: ['src/**/*.ts'], ...generate })
  return {
    root,
    generator,
    write,
    remove: (file) => rm(join(root, file)),
    generated: (file) => readFile(join(root, generate.out ?? 'mizan', file), 'utf8'),
    async generate(paths = []) {
      const result = await generator.generate(paths.map((path) => join(root, path)))
      if (result.problems.length > 0) throw new Error(result.problems.map(formatProblem).join('\n'))
      return result
    },
    async problems(paths = []) {
      const { problems } = await generator.generate(paths.map((path) => join(root, path)))
      return problems.map(formatProblem)
    },
    files: () =>
      readdir(join(root, generate.out ?? 'mizan')).then(
        (names) => names.sort(),
        () => [],
      ),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}
