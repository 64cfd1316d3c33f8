import { readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceProject, type SourceProject } from '../../test/source-project.ts'
import { createGenerator, type GenerateOptions, type GenerateResult } from '../generate.ts'

const files = {
  'tasks.ts': `import { client } from '@mizan/server'
import type { Task } from './model.js'
import type { Size } from 'sizes'
import type { Owner } from './owner/index.js'
import type { Linked } from 'linked'
export const task = client((size: Size): { task: Task; owner: Owner; linked: Linked } => ({ task: { id: 1 } }))`,
  'model.ts': 'export interface Task { id: number }',
  'owner/index.ts': 'export interface Owner { name: string }',
}

/** A project with packages of its own, after its first run. */
async function generatedProject(): Promise<SourceProject> {
  const project = await sourceProject(files, {
    functions: ['src/*.ts'],
    tsconfig: { extends: '../base.json' },
  })
  await project.write('base.json', '{}')
  await project.write(
    'tsconfig.json',
    '{ "extends": "./base.json", "compilerOptions": { "types": [], "lib": ["es2023"], "module": "nodenext", "strict": true, "noEmit": true } }',
  )
  await project.write(
    'node_modules/sizes/package.json',
    '{ "name": "sizes", "version": "1.0.0", "types": "./index.d.ts" }',
  )
  await project.write('node_modules/sizes/index.d.ts', `export type Size = 'small' | 'large'`)
  for (const name of ['one', 'two']) {
    await project.write(
      `packages/${name}/package.json`,
      '{ "name": "linked", "types": "./index.d.ts" }',
    )
    await project.write(
      `packages/${name}/index.d.ts`,
      `export interface Linked { ${name}: number }`,
    )
  }
  await symlink(join(project.root, 'packages/one'), join(project.root, 'node_modules/linked'))
  expect(await again(project)).toMatchObject({ problems: [] })
  return project
}

/** What another process would do. */
function again(
  project: SourceProject,
  options: Partial<GenerateOptions> = {},
): Promise<GenerateResult> {
  return createGenerator({ root: project.root, functions: ['src/*.ts'], ...options }).generate()
}

test('a second run with nothing changed reads nothing, and says the same', async () => {
  await using project = await generatedProject()
  const generator = createGenerator({ root: project.root, functions: ['src/*.ts'] })
  const result = await generator.generate()
  expect(result).toMatchObject({ recalled: true, problems: [], changed: [] })
  expect(Object.keys(result.artifact?.functions ?? {})).toEqual(['task'])
  expect(generator.sources()).toContain(join(project.root, 'src/model.ts'))
  expect(generator.sources()).toContain(join(project.root, 'base.json'))

  // It opens the project when it has to.
  await project.write('src/model.ts', 'export interface Task { id: string }')
  expect((await generator.generate([join(project.root, 'src/model.ts')])).changed).toContain(
    'mizan/client.gen.ts',
  )
})

test.for<readonly [string, (project: SourceProject) => Promise<unknown>]>([
  [
    'a module',
    ({ write }) => write('src/tasks.ts', files['tasks.ts'].replace('size: Size', 'big: Size')),
  ],
  [
    'a type of another module',
    ({ write }) => write('src/model.ts', 'export interface Task { no: number }'),
  ],
  [
    'a type of a package',
    ({ write }) => write('node_modules/sizes/index.d.ts', `export type Size = 'tiny'`),
  ],
  [
    'where a package keeps its types',
    async ({ write }) => {
      await write('node_modules/sizes/other.d.ts', 'export type Size = 7')
      await write('node_modules/sizes/package.json', '{ "name": "sizes", "types": "./other.d.ts" }')
    },
  ],
  [
    'where a linked package is',
    async ({ root, remove }) => {
      await remove('node_modules/linked')
      await symlink(join(root, 'packages/two'), join(root, 'node_modules/linked'))
    },
  ],
  [
    'a module that the globs match, by being new',
    ({ write }) =>
      write(
        'src/more.ts',
        `import { client } from '@mizan/server'\nexport const more = client(() => 1)`,
      ),
  ],
  [
    'the package that an import means, by a nearer one',
    async ({ write }) => {
      await write('src/node_modules/sizes/index.d.ts', 'export type Size = 9')
      await write(
        'src/node_modules/sizes/package.json',
        '{ "name": "sizes", "types": "./index.d.ts" }',
      )
    },
  ],
  [
    'a setting',
    ({ write }) =>
      write('base.json', '{ "compilerOptions": { "allowImportingTsExtensions": true } }'),
  ],
])('a run follows a change of %s', async ([, change]) => {
  await using project = await generatedProject()
  await change(project)
  const { recalled, changed, problems } = await again(project)
  expect({ recalled, problems }).toEqual({ recalled: undefined, problems: [] })
  expect(changed.length).toBeGreaterThan(0)
  // And what it wrote is what a run without memory writes.
  expect((await again(project, { keep: false })).changed).toEqual([])
})

test('a module that goes away is missed', async () => {
  await using project = await generatedProject()
  await project.remove('src/model.ts')
  expect((await again(project)).problems).toHaveLength(1)
})

test('a generated file that was edited or removed is written again', async () => {
  await using project = await generatedProject()
  await project.write('mizan/client.gen.ts', 'import "edited"')
  expect((await again(project)).changed).toEqual(['mizan/client.gen.ts'])
  await project.remove('mizan/server.gen.ts')
  expect((await again(project)).changed).toEqual(['mizan/server.gen.ts'])
  await project.write('mizan/vue.gen.ts', 'import "an earlier run"')
  expect((await again(project)).changed).toEqual(['mizan/vue.gen.ts'])
})

test('other options are another question', async () => {
  await using project = await generatedProject()
  expect((await again(project, { targets: ['react'] })).changed).toEqual(['mizan/react.gen.ts'])
  expect((await again(project, { out: 'other' })).changed).toContain('other/client.gen.ts')
})

test('a damaged memory is none', async () => {
  await using project = await generatedProject()
  const path = join(project.root, '.mizan/generate.json')
  const whole = await readFile(path, 'utf8')
  for (const text of [
    '',
    '{',
    'null',
    '[]',
    '{"key":""}',
    whole.slice(0, -20),
    whole.replace('"answers"', '"answer"'),
  ]) {
    await writeFile(path, text)
    expect((await again(project)).recalled, text.slice(0, 20)).toBeUndefined()
    expect((await again(project)).recalled).toBe(true)
  }
})

test('where nothing can be kept, a run does its work all the same', async () => {
  await using project = await generatedProject()
  await rm(join(project.root, '.mizan'), { recursive: true })
  await project.write('.mizan', 'a file ""import "')
  expect(await again(project)).toMatchObject({ problems: [], changed: [] })
})

test('runs at the same time leave one whole memory', async () => {
  await using project = await generatedProject()
  await project.write('src/model.ts', 'export interface Task { id: bigint }')
  await Promise.all(Array.from({ length: 4 }, () => again(project)))
  expect(await readdir(join(project.root, '.mizan'))).toEqual(['generate.json'])
  expect(await again(project)).toMatchObject({ recalled: true })
})

test('a problem is found again, not remembered', async () => {
  await using project = await generatedProject()
  await project.write('src/model.ts', 'export interface Task { id: symbol }')
  for (const _ of [1, 2]) expect((await again(project)).problems).toHaveLength(1)
})

test('generated files that the source imports are not read, so a run does not depend on what the last one wrote', async () => {
  await using project = await generatedProject()
  await project.write(
    'src/server.ts',
    `import { functions } from '../mizan/server.gen.js'\nexport const app = { functions }`,
  )
  await rm(join(project.root, 'mizan'), { recursive: true })
  expect((await again(project)).changed).toHaveLength(3)
  expect(await again(project)).toMatchObject({ recalled: true })
})
