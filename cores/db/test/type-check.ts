/** What the compiler says of code that uses this package as it is published: by its declarations. */

import { execFile } from 'node:child_process'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from '@mizan/testing/resources'

const repository = fileURLToPath(new URL('../../..', import.meta.url))
const compiler = join(repository, 'node_modules/typescript/bin/tsc')

/** One answer of the compiler. */
export interface Checked {
  /** Errors by `file:line`, each with its explanation, as the compiler writes them. */
  readonly errors: ReadonlyMap<string, string>
  /** How many types were made from generic ones: the work, whatever else the machine does. */
  readonly instantiations: number
  /** Seconds of one processor. */
  readonly seconds: number
}

/** A folder in which the package's declarations stand. */
export interface TypeChecker extends AsyncDisposable {
  /** Checks modules, by name. */
  check(modules: Readonly<Record<string, string>>): Promise<Checked>
}

/** Writes the declarations and makes a place to use them from. */
export async function openTypeChecker(): Promise<TypeChecker> {
  const folder = await temporaryFolder()
  const at = (name: string): string => join(folder.path, name)
  await symlink(join(repository, 'node_modules'), at('node_modules'))
  await writeFile(at('package.json'), '{"type":"module"}')
  await writeFile(
    at('tsconfig.db.json'),
    JSON.stringify({
      extends: join(repository, 'cores/db/tsconfig.json'),
      compilerOptions: {
        ...{ composite: false, incremental: false, declarationMap: false, noCheck: true },
        ...{ emitDeclarationOnly: true, rootDir: join(repository, 'cores/db/src') },
        ...{ outDir: at('db'), tsBuildInfoFile: at('db/.tsbuildinfo') },
        typeRoots: [join(repository, 'node_modules/@types')],
      },
      files: ['index', 'pg', 'sqlite', 'mysql'].map((name) =>
        join(repository, `cores/db/src/${name}.ts`),
      ),
      include: [],
      references: [],
    }),
  )
  const built = await compile(['-p', at('tsconfig.db.json')], folder.path)
  if (built.code !== 0) throw new Error(`the declarations were not written:\n${built.output}`)
  let runs = 0
  return {
    async check(modules) {
      runs += 1
      const own = at(`run${runs}`)
      await mkdir(own)
      for (const [name, source] of Object.entries(modules)) await writeFile(join(own, name), source)
      await writeFile(join(own, 'tsconfig.json'), configuration(Object.keys(modules)))
      const { output, seconds } = await compile(
        ['-p', own, '--extendedDiagnostics', '--singleThreaded', '--pretty', 'false'],
        own,
      )
      const found = /^Instantiations:\s+(\d+)/m.exec(output)?.[1]
      if (found === undefined) throw new Error(`the compiler did not count:\n${output}`)
      return { errors: errorsOf(output), instantiations: Number(found), seconds }
    },
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  }
}

function configuration(files: readonly string[]): string {
  return JSON.stringify({
    compilerOptions: {
      ...{ strict: true, noEmit: true, skipLibCheck: true, allowImportingTsExtensions: true },
      ...{ target: 'es2023', module: 'nodenext', moduleResolution: 'nodenext', types: ['node'] },
      paths: { '@mizan/db': ['../db/index.d.ts'], '@mizan/db/*': ['../db/*.d.ts'] },
    },
    files,
  })
}

function errorsOf(output: string): Map<string, string> {
  const errors = new Map<string, string>()
  let last: string | undefined
  for (const line of output.split('\n')) {
    const [, file = '', number = '', text = ''] =
      /^(\S+?)\((\d+),\d+\): error (TS.*)$/.exec(line) ?? []
    if (file !== '') {
      last = `${file}:${number}`
      errors.set(last, errors.has(last) ? `${errors.get(last)}\n${text}` : text)
    } else if (last !== undefined && /^\s/.test(line)) {
      errors.set(last, `${errors.get(last)}\n${line.trim()}`)
    } else last = undefined
  }
  return errors
}

interface Compiled {
  readonly code: number
  readonly output: string
  readonly seconds: number
}

/** The shell's `times` tells what the compiler took of the processor; Node tells nothing of its children. */
async function compile(args: readonly string[], cwd: string): Promise<Compiled> {
  const script = '"$0" "$@"; code=$?; times; exit $code'
  const command = ['-c', script, process.execPath, compiler, ...args]
  const { code, stdout } = await promisify(execFile)('sh', command, {
    cwd,
    maxBuffer: 64 * 1024 * 1024,
  }).then(
    (ended) => ({ code: 0, stdout: ended.stdout }),
    (error: { readonly code: number; readonly stdout: string }) => error,
  )
  const [, minutes = '0', seconds = '0'] = /(\d+)m([\d.]+)s\s+\d+m[\d.]+s\s*$/.exec(stdout) ?? []
  return { code, output: stdout, seconds: Number(minutes) * 60 + Number(seconds) }
}
