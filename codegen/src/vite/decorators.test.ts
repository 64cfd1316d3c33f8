/** Two conventions of decorators, four compilers, one registry. */

import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build as bundleWithEsbuild } from 'esbuild'
import { build as bundleWithVite } from 'vite'
import { afterAll, expect, test } from 'vitest'
import { repository, type SourceProject, sourceProject } from '../../test/source-project.ts'
import { standardDecorators } from './standard-decorators.ts'

const run = promisify(execFile)
const fixture = join(repository, 'codegen/test/decorators')
const source = ['--conditions=@mizan/source']

/** Makes JavaScript of the project, and says what runs it: a command, and the module that exports `functions`. */
type Compiler = (project: SourceProject) => Promise<readonly [command: string, module: string]>

const compilers: Readonly<Record<string, Compiler>> = {
  async tsc({ root }) {
    const out = ['--noCheck', '--noEmit', 'false', '--outDir', 'tsc', '--rootDir', '.']
    await run(
      join(repository, 'node_modules/.bin/tsc'),
      ['-p', '.', ...out, '--rewriteRelativeImportExtensions'],
      { cwd: root },
    )
    return [process.execPath, join(root, 'tsc/mizan/server.gen.js')]
  },
  async esbuild({ root }) {
    const outfile = join(root, 'esbuild/bundle.js')
    await bundleWithEsbuild({
      entryPoints: [join(root, 'mizan/server.gen.ts')],
      absWorkingDir: root,
      bundle: true,
      packages: 'external',
      format: 'esm',
      target: 'es2022',
      outfile,
      logLevel: 'silent',
    })
    return [process.execPath, outfile]
  },
  async oxc({ root }) {
    await bundleWithVite({
      configFile: false,
      root,
      logLevel: 'silent',
      // Oxc lowers the legacy convention by itself, and the standard one not at all.
      plugins: [standardDecorators()],
      build: {
        ssr: join(root, 'mizan/server.gen.ts'),
        outDir: 'vite',
        target: 'es2022',
        rolldownOptions: { external: /^@mizan\// },
      },
    })
    const made = ['vite/server.gen.js', 'vite/server.gen.mjs'].map((file) => join(root, file))
    return [process.execPath, made.find((file) => existsSync(file)) ?? 'nothing was made']
  },
  async Bun({ root }) {
    return [join(repository, 'node_modules/.bin/bun'), join(root, 'mizan/server.gen.ts')]
  },
}

/** The fixture under one convention, generated. */
async function fixtureProject(isLegacy: boolean): Promise<SourceProject> {
  const project = await sourceProject(
    { 'functions.ts': await readFile(join(fixture, 'functions.ts'), 'utf8') },
    { installed: true, tsconfig: { experimentalDecorators: isLegacy, target: 'es2022' } },
  )
  await project.generate()
  await project.write('print.js', await readFile(join(fixture, 'print-registry.js'), 'utf8'))
  return project
}

const projects = { legacy: fixtureProject(true), standard: fixtureProject(false) }
type Convention = keyof typeof projects

afterAll(async () => {
  for (const project of Object.values(projects)) await (await project)[Symbol.asyncDispose]()
})

/** What a compiled project prints of itself. */
async function registryOf(compile: Compiler, convention: Convention): Promise<object> {
  const project = await projects[convention]
  const [command, module] = await compile(project)
  const registry = join(repository, 'cores/server/src/registry.ts')
  const { stdout } = await run(
    command,
    [...source, join(project.root, 'print.js'), module, registry],
    {
      cwd: project.root,
    },
  )
  return JSON.parse(stdout) as object // cast: it prints one object
}

const reference = registryOf(compilers['tsc'] ?? missing(), 'legacy')

test('the registry of the reference is the one that the fixture describes', async () => {
  expect(await reference).toMatchObject({
    entries: [
      { name: 'between', member: 'function', mutates: true, options: ['affects', 'auth'] },
      { name: 'echo', member: 'function', mutates: true, options: [] },
      { name: 'ping', member: 'Tasks.ping', options: ['name', 'private'] },
      { name: 'rename_task', member: 'Tasks.renameTask', facts: { timeout: 5000 } },
      { name: 'task_count', member: 'Tasks.taskCount', mutates: false },
      { name: 'task_title', member: 'Tasks.taskTitle', mutates: false },
    ],
    answers: [
      '200 {"result":"a"}',
      expect.stringMatching(/^200 .*"result":"1: 1 is untitled"/),
      expect.stringMatching(/^200 .*"result":"2: 2 is b"/),
      expect.stringMatching(/^410 .*"details":\{"since":"1970-01-01T00:00:00.000Z"\}/),
      expect.stringMatching(/^422 /),
      expect.stringMatching(/^404 /),
      expect.stringMatching(/^401 /),
      '200 {"task_title":"read 7 by Tasks"}',
      '200 {"task_count":3}',
    ],
  })
})

for (const [name, compile] of Object.entries(compilers)) {
  for (const convention of ['legacy', 'standard'] as const) {
    test(`${name} with ${convention} decorators gives the same registry`, async () => {
      expect(await registryOf(compile, convention)).toEqual({ ...(await reference), convention })
    })
  }
}

function missing(): never {
  throw new Error('the compiler of the reference is missing')
}
