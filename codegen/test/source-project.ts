/** A project of a few source files in a folder of its own. */

import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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

const imports = `import { client, defineContext, GlobalContext } from '@mizan/server'\n`

/**
 * Writes `files` below `src/`; each begins with the imports of `@mizan/server` unless it imports something itself.
 */
export async function sourceProject(
  files: Readonly<Record<string, string>>,
  options: Partial<GenerateOptions> & { readonly tsconfig?: object } = {},
): Promise<SourceProject> {
  const folder = await temporaryFolder()
  const root = folder.path
  const { tsconfig = {}, ...generate } = options
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
    lib: ['es2023', 'dom'],
    module: 'nodenext',
    strict: true,
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
    experimentalDecorators: true,
    ...tsconfig,
  }
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
