import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sourceProject } from '../../test/source-project.ts'

const fine = 'export const fine = client((text: string) => text)\n'

test('a syntax error is told once, and hides what follows from it', async () => {
  await using project = await sourceProject({
    'broken.ts': 'export interface Task { title: string\nexport const a = client(() => 1)',
    'uses.ts':
      "import { client } from '@mizan/server'\nimport type { Task } from './broken.ts'\nexport const b = client((task: Task) => {})",
  })
  const problems = await project.problems()
  expect(problems.map((line) => line.split(':')[0])).toEqual(problems.map(() => 'src/broken.ts'))
  expect(problems[0]).toMatch(/^src\/broken\.ts:\d+:\d+ is not valid TypeScript: /)
  expect(await project.files()).toEqual([])
})

test('a module that is not there is told once, at its import', async () => {
  await using project = await sourceProject({
    'a.ts': `import { client } from '@mizan/server'
import { type Task, load } from './tasks.ts'
export const one = client((task: Task) => load(task))
export const two = client((): Task[] => [])`,
  })
  expect(await project.problems()).toEqual(["src/a.ts:2:33 there is no module './tasks.ts'"])
  await project.write(
    'src/tasks.ts',
    'export interface Task { id: number }\nexport const load = (task: Task): number => task.id',
  )
  expect(await project.problems(['src/tasks.ts'])).toEqual([])
})

test('generated files and styles that are yet to come are no problem', async () => {
  await using project = await sourceProject({
    'a.ts': `import { client } from '@mizan/server'
import './style.css'
import { functions } from '../mizan/server.gen.ts'
export const use = (): unknown => functions
export const one = client((text: string) => text)`,
  })
  expect(await project.problems()).toEqual([])
})

test('modules that import each other are read', async () => {
  await using project = await sourceProject({
    'a.ts': `import { client } from '@mizan/server'
import type { Book } from './b.ts'
export interface Author { books: Book[] }
export const author = client((author: Author): Author => author)`,
    'b.ts': `import { client } from '@mizan/server'
import type { Author } from './a.ts'
export interface Book { author: Author }
export const book = client((book: Book): Book => book)`,
  })
  const { artifact } = await project.generate()
  expect(Object.keys(artifact?.$defs ?? {})).toEqual(['Author', 'Book'])
})

test('one wire name for two functions is told with both places', async () => {
  await using project = await sourceProject({
    'a.ts': 'export const saveTask = client(() => 1)',
    'b.ts': 'export const save = client({ name: "save_task" }, () => 2)',
  })
  expect(await project.problems()).toEqual([
    'src/b.ts:2:14 save is "save_task" on the wire, and so is saveTask at src/a.ts:2:14; rename one, or give one client({ name })',
  ])
})

test('a project without tsconfig.json is read with the usual settings', async () => {
  await using project = await sourceProject({ 'a.ts': fine })
  await rm(join(project.root, 'tsconfig.json'))
  const { artifact } = await project.generate(['tsconfig.json'])
  expect(Object.keys(artifact?.functions ?? {})).toEqual(['fine'])
})

test('Windows line ends and a byte order mark change nothing', async () => {
  const text = `import { client } from '@mizan/server'
/**
 * A task.
 *
 * On two lines.
 */
export interface Task {
  /**
   * Its name.
   * @minLength 1
   * @pattern ^[a-z]+$
   */
  name: string
}
/** Saves. */
export const save = client((task: Task): Task => task)
`
  await using unix = await sourceProject({ 'a.ts': text })
  await using windows = await sourceProject({ 'a.ts': `\ufeff${text.replaceAll('\n', '\r\n')}` })
  await unix.generate()
  await windows.generate()
  for (const file of await unix.files())
    expect(await windows.generated(file), file).toBe(await unix.generated(file))
  expect(await unix.generated('artifact.gen.json')).not.toContain('\\r')
})

test('a file of 2 MB is read like any other', async () => {
  const rows = Array.from(
    { length: 36_000 },
    (_, id) => `  { id: ${id}, name: 'row number ${id}', tags: ['a', 'b'] },\n`,
  )
  const text = `import { client } from '@mizan/server'\nconst rows = [\n${rows.join('')}]\nexport const all = client(() => rows)\n`
  expect(text.length).toBeGreaterThan(2_000_000)
  await using project = await sourceProject({ 'a.ts': text })
  const { artifact } = await project.generate()
  expect(artifact?.functions['all']?.result).toEqual({
    type: 'array',
    items: {
      type: 'object',
      properties: {
        id: { type: 'number' },
        name: { type: 'string' },
        tags: { type: 'array', items: { type: 'string' } },
      },
      required: ['id', 'name', 'tags'],
    },
  })
})
