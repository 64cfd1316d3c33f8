import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createKernel } from '@mizan/base'
import { mizan } from '@mizan/node'
import { createApp, type Functions } from '@mizan/server'
import { nodeServer } from '@mizan/testing/resources'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { repository, sourceProject, type SourceProject } from '../../test/source-project.ts'

interface Case {
  readonly rule: string
  /** What `type` needs. */
  readonly given?: string
  readonly type: string
  /** Expressions of that type, as a page would write them. */
  readonly values: readonly string[]
}

const cases: readonly Case[] = [
  {
    rule: 'a discriminated union with other conversions in each member',
    type: `{ kind: 'a'; at: Date } | { kind: 'b' | 'c'; n?: bigint } | { kind: 'd' }`,
    values: [
      `{ kind: 'a', at: new Date(1) }`,
      `{ kind: 'c', n: 5n }`,
      `{ kind: 'b' }`,
      `{ kind: 'd' }`,
    ],
  },
  {
    rule: 'a union told apart by an enum',
    given: `export enum Kind { A = 'a', B = 'b' }
      interface A { kind: Kind.A; n: bigint }
      interface B { kind: Kind.B; at: Date }`,
    type: '(A | B)[]',
    values: [`[{ kind: 'a', n: 1n }, { kind: 'b', at: new Date(1) }]`],
  },
  {
    rule: 'a union told apart by true and false',
    given: `export type Outcome<T, E> = { ok: true; value: T } | { ok: false; error: E }`,
    type: `Outcome<Date, 'bad'>`,
    values: [`{ ok: true, value: new Date(1) }`, `{ ok: false, error: 'bad' }`],
  },
  {
    rule: 'everything that JSON tells apart',
    type: 'Date | Map<string, Date> | { at: Date } | number | boolean | null',
    values: [
      '5',
      'true',
      'null',
      'new Date(5)',
      `new Map([['a', new Date(1)]])`,
      '{ at: new Date(2) }',
    ],
  },
  {
    rule: 'one value or a list of them',
    type: 'Date | Date[]',
    values: ['new Date(1)', '[new Date(1)]'],
  },
  { rule: 'bigint beside number', type: 'bigint | number', values: ['5n', '5'] },
  {
    rule: 'template literals',
    type: '`${number}px` | `id-${string}`',
    values: [`'5px'`, `'id-x'`],
  },
  {
    rule: 'an enum and null',
    given: 'export enum Level { Low, High = 5 }',
    type: 'Level | null',
    values: ['5', 'null'],
  },
  {
    rule: 'brands of text, numbers, bigint and dates',
    given: `declare const brand: unique symbol
      type Brand<T, Name> = T & { readonly [brand]?: Name }`,
    type: `{ a: Brand<string, 'A'>; b: Brand<number, 'B'>; c: Brand<bigint, 'C'>; d: Brand<Date, 'D'> }`,
    values: [`{ a: 'a', b: 1, c: 1n, d: new Date(1) }`],
  },
  {
    rule: 'Pick, Omit, Partial and Required',
    given: 'interface Row { id: bigint; at: Date; name?: string }',
    type: `{ a: Pick<Row, 'at'>; b: Omit<Row, 'at'>; c: Partial<Row>; d: Required<Row> }`,
    values: [
      `{ a: { at: new Date(1) }, b: { id: 1n }, c: {}, d: { id: 1n, at: new Date(1), name: '' } }`,
    ],
  },
  {
    rule: 'mapped types with new keys',
    given: 'type Flags<T extends string> = { [K in T as `has${Capitalize<K>}`]: Date }',
    type: `Flags<'a' | 'b'>`,
    values: ['{ hasA: new Date(1), hasB: new Date(2) }'],
  },
  {
    rule: 'conditional types, resolved',
    given: 'type Plain<T> = { [K in keyof T]: T[K] extends Date ? string : T[K] }',
    type: 'Plain<{ at: Date; n: bigint }>',
    values: [`{ at: 'x', n: 1n }`],
  },
  {
    rule: 'an interface that contains itself',
    given: 'export interface Tree { at: Date; children: Tree[]; parent?: Tree | null }',
    type: 'Tree',
    values: ['{ at: new Date(1), children: [{ at: new Date(2), children: [], parent: null }] }'],
  },
  {
    rule: 'an alias that contains itself in a record',
    given: 'export type Json = string | number | boolean | null | Json[] | { [key: string]: Json }',
    type: 'Json',
    values: [`{ a: [1, 'x', null, { b: true }] }`],
  },
  {
    rule: 'an interface that is nothing but itself under any name',
    given: 'export interface Nested { [key: string]: Nested }',
    type: 'Nested',
    values: ['{ a: { b: {} } }'],
  },
  {
    rule: 'types that contain each other',
    given: `export type Expr = { op: 'lit'; v: bigint } | Sum
      export interface Sum { op: 'sum'; of: [Expr, Expr] }`,
    type: 'Expr',
    values: [`{ op: 'sum', of: [{ op: 'lit', v: 1n }, { op: 'lit', v: 2n }] }`],
  },
  {
    rule: 'tuples with names, optional items and a rest',
    type: '{ a: [from: Date, to?: bigint]; b: readonly [string, ...(Date | null)[]]; c: [] }',
    values: [
      `{ a: [new Date(1)], b: ['x', null, new Date(2)], c: [] }`,
      `{ a: [new Date(1), 5n], b: [''], c: [] }`,
    ],
  },
  {
    rule: 'maps and sets inside each other',
    type: 'Record<string, Map<Date, Set<bigint>>>',
    values: ['{ a: new Map([[new Date(1), new Set([1n, 2n])]]) }'],
  },
  {
    rule: 'bytes inside maps and lists',
    type: 'Map<number, { items: Uint8Array[] }> | null',
    values: ['new Map([[1, { items: [new Uint8Array([0, 255])] }]])', 'null'],
  },
  {
    rule: 'names that objects inherit, and names that are no identifiers',
    type: `{ constructor: string; toString: bigint; 'a-b': Date; 5: string }`,
    values: [`{ constructor: 'c', toString: 5n, 'a-b': new Date(1), 5: 'x' }`],
  },
  {
    rule: 'text of any kind',
    type: `string | "it's" | 'a"b' | 'c\\\\d'`,
    values: [`'\\u0000\\u2028\\u{1F600}</script>'`, `"it's"`],
  },
  {
    rule: 'a generic type at two instantiations',
    given: 'export interface Page<T> { items: T[]; next: Page<T> | null }',
    type: '{ a: Page<Date>; b: Page<{ n: bigint }> }',
    values: ['{ a: { items: [new Date(1)], next: null }, b: { items: [{ n: 1n }], next: null } }'],
  },
  {
    rule: 'the rows of a table',
    given: `import { bigint, serial, table, text, timestamp } from '@mizan/db'
      const tasks = table('tasks', { id: serial().primaryKey(), title: text().notNull(), dueAt: timestamp(), size: bigint().notNull() })
      export type Task = typeof tasks.$inferSelect`,
    type: 'Task[]',
    values: [`[{ id: 1, title: 't', dueAt: new Date(1), size: 5n }]`],
  },
  {
    rule: 'what a constant holds',
    given: `const settings = { a: 1, b: ['x', 'y'], d: { e: true } } as const`,
    type: 'typeof settings',
    values: [`{ a: 1, b: ['x', 'y'], d: { e: true } }`],
  },
]

const imports = `import { client } from '@mizan/server'\n`
const modules = Object.fromEntries(
  cases.map(({ given = '', type }, index) => [
    `case-${index}.ts`,
    `${imports}${given}\nexport const case${index} = client((value: ${type}): ${type} => value)\n`,
  ]),
)
const values = [
  `import type * as api from './mizan/client.gen.ts'\n`,
  ...cases.map(
    (one, index) =>
      `export const case${index}: api.Case${index}Args['value'][] = [\n  ${one.values.join(',\n  ')}\n]\n`,
  ),
].join('')

describe('a value comes back equal through a live server, and its type compiles strictly', () => {
  let project: SourceProject
  const load = (file: string): Promise<Record<string, unknown>> =>
    import(/* @vite-ignore */ pathToFileURL(join(project.root, file)).href)

  beforeAll(async () => {
    project = await sourceProject(modules, { installed: true })
    await project.generate()
    await project.write('values.ts', values)
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test('values compile', async () => {
    const compilerOptions = {
      target: 'es2023',
      lib: ['es2024', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'],
      module: 'nodenext',
      customConditions: ['@mizan/source'],
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      allowImportingTsExtensions: true,
      skipLibCheck: true,
      noEmit: true,
    }
    await project.write('check.json', JSON.stringify({ compilerOptions, files: ['values.ts'] }))
    const tsc = spawn(
      join(repository, 'node_modules/.bin/tsc'),
      ['-p', 'check.json', '--pretty', 'false'],
      { cwd: project.root },
    )
    let output = ''
    tsc.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
    await once(tsc, 'close')
    expect(output).toBe('')
  })

  test('values come back', async () => {
    const { functions } = await load('mizan/server.gen.ts')
    await using app = createApp({ functions: functions as Functions }) // cast: what the file exports
    await app.start()
    await using server = await nodeServer(mizan(app))
    const kernel = createKernel({ origin: server.url })
    const [api, given] = await Promise.all([load('mizan/client.gen.ts'), load('values.ts')])
    for (const [index, { rule }] of cases.entries()) {
      const call = api[`callCase${index}`] as (args: object, options: object) => Promise<unknown> // cast: generated above
      for (const value of given[`case${index}`] as readonly unknown[])
        // cast: written above
        expect(await call({ value }, { kernel }), rule).toStrictEqual(value)
    }
  })
})
