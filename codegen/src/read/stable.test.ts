import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sourceProject } from '../../test/source-project.ts'

const files = {
  'colors.ts': `
    export type Color = 'red' | 'green' | 3 | true
    export interface Task { color: Color | undefined; at: Date | number | null }`,
  'generic.ts': `import { client } from '@mizan/server'
    import type { Color, Task } from './colors.ts'
    export interface Page<T> { items: T[]; next?: Page<T> }
    export const pages = client((page: Page<Color | null>): Page<{ id: number }> => null!)
    export const tasks = client((page: Page<Task | 'none'>): Page<{ key: bigint }> => null!)`,
  'other.ts': `import { client } from '@mizan/server'
    export interface Task { title: string }
    export type Shade = 'green' | 'blue' | null | 4
    export const shade = client((shade: Shade, rest?: Exclude<Shade, null>): Task => null!)`,
  'picked.ts': `import { client } from '@mizan/server'
    import type { Task } from './colors.ts'
    import type { Page } from './generic.ts'
    export const picked = client((task: Pick<Task, 'at' | 'color'>) => null)
    export const again = client((page: Page<{ id: number }>): Page<null | 3 | true | 'red' | 'green'> => null!)`,
  'recursive.ts': `import { client } from '@mizan/server'
    const make = () => ({ at: new Date(), deep: [{ kind: 'b' as 'b' | 'a' }] })
    export const made = client(async () => make())
    export const rows = client(() => Object.entries({ b: 1, a: 'x' } as const))`,
}

/** Generates from the files in this order: the program loads them so, and with it types get their ids. */
async function texts(order: readonly string[]): Promise<Record<string, string>> {
  await using project = await sourceProject(files, {
    functions: order.map((name) => `src/${name}`),
    targets: ['react', 'forms'],
  })
  await project.generate()
  const names = await project.files()
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await project.generated(name)] as const)),
  )
}

/** Generates from files whose names have the order before them: the compiler reads them so. */
async function functionsOf(order: readonly string[]): Promise<unknown> {
  const numbered = (text: string): string =>
    order.reduce((found, name, index) => found.replaceAll(`./${name}`, `./p${index}-${name}`), text)
  const renamed = order.map((name, index): [string, string] => [
    `p${index}-${name}`,
    numbered(files[name as keyof typeof files]),
  ])
  await using project = await sourceProject(Object.fromEntries(renamed))
  const { artifact } = await project.generate()
  const text = JSON.stringify({ functions: artifact?.functions, $defs: artifact?.$defs })
  return JSON.parse(text.replaceAll(/p\d-/g, '').replaceAll(/P\d(?=[A-Z])/g, ''))
}

const names = Object.keys(files)
const orders = fc.shuffledSubarray(names, { minLength: names.length })

test('the order in which files are loaded changes no byte', async () => {
  const expected = await texts(names)
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      expect(await texts(order)).toEqual(expected)
    }),
    { numRuns: 4 },
  )
})

test('the order in which files are read changes no type', async () => {
  const expected = await functionsOf(names)
  await fc.assert(
    fc.asyncProperty(orders, async (order) => {
      expect(await functionsOf(order)).toEqual(expected)
    }),
    { numRuns: 6 },
  )
})

test('an edit that is taken back leaves what was there, however the program came to it', async () => {
  await using project = await sourceProject(files)
  await project.generate()
  const before = await project.generated('server.gen.ts')
  const path = join(project.root, 'src/colors.ts')
  await rename(path, `${path}.away`)
  expect(await project.problems(['src/colors.ts'])).not.toEqual([])
  await rename(`${path}.away`, path)
  await project.write(
    'src/extra.ts',
    `export type Extra = 4 | 'blue' | 'red'\nexport const extra = client((extra: Extra) => extra)`,
  )
  await project.generate(['src/colors.ts', 'src/extra.ts'])
  await rm(join(project.root, 'src/extra.ts'))
  await project.generate(['src/extra.ts'])
  expect(await project.generated('server.gen.ts')).toBe(before)
})
