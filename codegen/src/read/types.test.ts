import type { JsonSchema } from '@mizan/protocol'
import { describe, expect, test } from 'vitest'
import { sourceProject } from '../../test/source-project.ts'

interface Case {
  readonly rule: string
  /** Declarations that the type needs. */
  readonly given?: string
  readonly type: string
  /** As the client declares it. */
  readonly text: string
  readonly schema: JsonSchema
  /** A type that no argument has. */
  readonly result?: true
}

const text: JsonSchema = { type: 'string' }
const number: JsonSchema = { type: 'number' }

const cases: readonly Case[] = [
  { rule: 'primitives are themselves', type: 'string', text: 'string', schema: text },
  { rule: 'unknown is any JSON', type: 'unknown', text: 'unknown', schema: {} },
  { rule: 'any is unknown to clients', type: 'any', text: 'unknown', schema: {} },
  { rule: 'a literal is a constant', type: `'a'`, text: `'a'`, schema: { const: 'a' } },
  {
    rule: 'literals are a sorted list',
    type: `'b' | 'a' | 3`,
    text: `'a' | 'b' | 3`,
    schema: { enum: ['a', 'b', 3] },
  },
  {
    rule: 'null joins a list of literals',
    type: `'b' | null | 'a'`,
    text: `'a' | 'b' | null`,
    schema: { enum: ['a', 'b', null] },
  },
  {
    rule: 'unions are sorted choices',
    type: 'string | null | number',
    text: 'number | string | null',
    schema: { anyOf: [{ type: 'null' }, number, text] },
  },
  {
    rule: 'boolean stays whole in a union',
    type: 'boolean | null',
    text: 'boolean | null',
    schema: { anyOf: [{ type: 'boolean' }, { type: 'null' }] },
  },
  {
    rule: 'arrays keep readonly',
    type: 'readonly string[]',
    text: 'readonly string[]',
    schema: { type: 'array', items: text },
  },
  {
    rule: 'an array of a union has parentheses',
    type: '(string | null)[]',
    text: '(string | null)[]',
    schema: { type: 'array', items: { anyOf: [{ type: 'null' }, text] } },
  },
  {
    rule: 'tuples have optional items and a rest',
    type: '[string, number?, ...boolean[]]',
    text: '[string, number?, ...boolean[]]',
    schema: { type: 'array', prefixItems: [text, number], items: { type: 'boolean' }, minItems: 1 },
  },
  {
    rule: 'a closed tuple has no further items',
    type: 'readonly [string, number]',
    text: 'readonly [string, number]',
    schema: { type: 'array', prefixItems: [text, number], items: false, minItems: 2, maxItems: 2 },
  },
  {
    rule: 'optional and undefined properties are both absent, and declared as they were',
    type: '{ a?: string; b: number | undefined; readonly c: null }',
    text: '{ a?: string; b: number | undefined; readonly c: null }',
    schema: {
      type: 'object',
      properties: { a: text, b: number, c: { type: 'null' } },
      required: ['c'],
    },
  },
  {
    rule: 'a record has values under any name',
    type: 'Record<string, number>',
    text: 'Record<string, number>',
    schema: { type: 'object', additionalProperties: number },
  },
  {
    rule: 'a record of known names is an object',
    type: `Record<'b' | 'a', number>`,
    text: '{ a: number; b: number }',
    schema: { type: 'object', properties: { a: number, b: number }, required: ['a', 'b'] },
  },
  {
    rule: 'Partial, Pick and Omit are read by their shape',
    given: 'interface Row { id: number; title: string; done: boolean }',
    type: `Partial<Pick<Row, 'title'>> & Omit<Row, 'title' | 'done'>`,
    text: '{ id: number; title?: string }',
    schema: { type: 'object', properties: { id: number, title: text }, required: ['id'] },
  },
  {
    rule: 'dates are RFC 3339 text',
    type: 'Date',
    text: 'Date',
    schema: { type: 'string', format: 'date-time', 'x-mizan': 'date' },
  },
  {
    rule: 'bigint is decimal text',
    type: 'bigint',
    text: 'bigint',
    schema: { type: 'string', pattern: '^(0|-?[1-9][0-9]*)$', 'x-mizan': 'bigint' },
  },
  {
    rule: 'bytes are base64 text',
    type: 'Uint8Array',
    text: 'Uint8Array',
    schema: { type: 'string', format: 'byte', 'x-mizan': 'bytes' },
  },
  {
    rule: 'a map is a list of pairs',
    type: 'Map<string, Date>',
    text: 'Map<string, Date>',
    schema: {
      type: 'array',
      'x-mizan': 'map',
      items: {
        type: 'array',
        prefixItems: [text, { type: 'string', format: 'date-time', 'x-mizan': 'date' }],
        items: false,
        minItems: 2,
        maxItems: 2,
      },
    },
  },
  {
    rule: 'a set is a list',
    type: 'ReadonlySet<number>',
    text: 'Set<number>',
    schema: { type: 'array', items: number, 'x-mizan': 'set' },
  },
  {
    rule: 'a template literal is text of a pattern',
    type: '`task-${number}`',
    text: '`task-${number}`',
    schema: { type: 'string', pattern: '^task-(?:.*)$' },
  },
  {
    rule: 'a brand is what it brands',
    given: 'declare const brand: unique symbol',
    type: 'string & { readonly [brand]: 1 }',
    text: 'string',
    schema: text,
  },
  {
    rule: 'an interface keeps its name',
    given: 'interface Task { id: number }',
    type: 'Task | null',
    text: 'Task | null',
    schema: { anyOf: [{ $ref: '#/$defs/Task' }, { type: 'null' }] },
  },
  {
    rule: 'an alias of literals keeps its name',
    given: `type Level = 'low' | 'high'`,
    type: 'Level',
    text: 'Level',
    schema: { $ref: '#/$defs/Level' },
  },
  {
    rule: 'an alias derived from a table of constants keeps its name',
    given: `const stages = ['todo', 'done'] as const; type Stage = (typeof stages)[number]`,
    type: 'Stage | null',
    text: 'Stage | null',
    schema: { anyOf: [{ $ref: '#/$defs/Stage' }, { type: 'null' }] },
  },
  {
    rule: 'an alias of a computed object keeps its name',
    given: 'const settings = { dark: true }\nexport type Settings = typeof settings',
    type: 'Settings',
    text: 'Settings',
    schema: { $ref: '#/$defs/Settings' },
  },
  {
    rule: 'an enum is a named list of its values',
    given: 'enum Size { Small = 1, Large = 2 }',
    type: 'Size',
    text: 'Size',
    schema: { $ref: '#/$defs/Size' },
  },
  {
    rule: 'a generic type is named by what it is made with',
    given: 'interface Page<T> { items: T[] }; interface Card { id: number }',
    type: 'Page<Card>',
    text: 'PageOfCard',
    schema: { $ref: '#/$defs/PageOfCard' },
  },
  {
    rule: 'a type may contain itself',
    given: 'interface Tree { children: Tree[]; parent?: Tree }',
    type: 'Tree',
    text: 'Tree',
    schema: { $ref: '#/$defs/Tree' },
  },
  {
    rule: 'a class is the data of its public fields',
    given: 'class Point { #hidden = 1; constructor(readonly x: number) {} }',
    type: 'Point',
    text: 'Point',
    schema: { $ref: '#/$defs/Point' },
  },
  {
    rule: 'toJSON says what crosses',
    given: 'declare class Money { cents: bigint; toJSON(): { amount: string } }',
    type: 'Money',
    text: 'Money',
    result: true,
    schema: { $ref: '#/$defs/Money' },
  },
]

describe('a type on the wire', async () => {
  // One project for all: a compiler start takes longer than all cases together.
  await using project = await sourceProject(
    Object.fromEntries(
      cases.map(({ given, type, result }, index) => [
        `case-${index}.ts`,
        `${given ?? ''}\nexport const case${index} = client(${result ? `(): ${type} => { throw new Error() }` : `(value: ${type}): void => {}`})`,
      ]),
    ),
  )
  const { artifact } = await project.generate()
  const clientText = await project.generated('client.gen.ts')

  test.for(cases.map((one, index) => ({ ...one, index })))('$rule', (one) => {
    const { index, text, schema } = one
    const fn = artifact?.functions[`case${index}`]
    if (one.result) {
      expect(fn?.result).toEqual(schema)
      expect(clientText).toContain(`export type Case${index}Result = ${text}\n`)
      return
    }
    const [param] = fn?.params ?? []
    if (schema.pattern === undefined) expect(param?.schema).toEqual(schema)
    else expect(param?.schema).toMatchObject({ type: 'string', pattern: expect.any(String) })
    expect(clientText).toContain(`export interface Case${index}Args {\n  value: ${text}\n}`)
  })

  test('named types are declared once, with their own shape', () => {
    expect(clientText).toContain('export interface Tree {\n  children: Tree[]\n  parent?: Tree\n}')
    expect(clientText).toContain(`export type Level = 'high' | 'low'\n`)
    expect(clientText).toContain(`export type Stage = 'done' | 'todo'\n`)
    expect(clientText).toContain('export type Size = 1 | 2\n')
    expect(clientText).toContain('export interface PageOfCard {\n  items: Card[]\n}')
    expect(clientText).toContain('export interface Point {\n  readonly x: number\n}')
    expect(clientText).toContain('export interface Money {\n  amount: string\n}')
    expect(artifact?.$defs['Tree']).toEqual({
      type: 'object',
      properties: {
        children: { type: 'array', items: { $ref: '#/$defs/Tree' } },
        parent: { $ref: '#/$defs/Tree' },
      },
      required: ['children'],
    })
  })

  test('a template literal matches what TypeScript lets through', () => {
    const index = cases.findIndex(({ type }) => type.startsWith('`'))
    const pattern = new RegExp(artifact?.functions[`case${index}`]?.params[0]?.schema.pattern ?? '')
    expect(['task-1', 'task--2.5', 'task-1e21'].every((value) => pattern.test(value))).toBe(true)
    expect(['task-', 'task-x', 'Task-1', 'task-1 '].some((value) => pattern.test(value))).toBe(
      false,
    )
  })
})

test('types of one name keep apart by the names of their modules', async () => {
  await using project = await sourceProject({
    'admin.ts':
      'export interface Task { id: number }\nexport const adminTask = client((): Task => ({ id: 1 }))',
    'tasks.ts':
      'export interface Task { title: string }\nexport const publicTask = client((): Task => ({ title: "" }))',
  })
  const { artifact } = await project.generate()
  expect(artifact?.functions['admin_task']?.result).toEqual({ $ref: '#/$defs/AdminTask' })
  expect(artifact?.functions['public_task']?.result).toEqual({ $ref: '#/$defs/TasksTask' })
})

test('a type that has the name of a generated one gives way', async () => {
  await using project = await sourceProject({
    'tasks.ts':
      'export interface RenameArgs { deep: true }\nexport const rename = client((args: RenameArgs): void => {})',
  })
  await project.generate()
  const text = await project.generated('client.gen.ts')
  expect(text).toContain('export interface RenameArgs {\n  args: TasksRenameArgs\n}')
  expect(text).toContain('export interface TasksRenameArgs {\n  deep: true\n}')
})

test('results are what their functions return, inferred and awaited', async () => {
  await using project = await sourceProject({
    'a.ts': `
      interface Row { id: number; at: Date }
      declare function load(): Promise<Row[]>
      export const rows = client(async () => (await load()).map(({ id, at }) => ({ id, at, label: \`#\${id}\` })))
      export const nothing = client(async (): Promise<void> => {})
      export const maybe = client(async (): Promise<Row | undefined> => undefined)
      export const fails = client((): never => { throw new Error() })`,
  })
  const { artifact } = await project.generate()
  const text = await project.generated('client.gen.ts')
  expect(text).toContain('export type RowsResult = { id: number; at: Date; label: string }[]')
  expect(artifact?.functions['nothing']?.result).toEqual({ type: 'null', 'x-mizan': 'void' })
  expect(artifact?.functions['fails']?.result).toEqual({ type: 'null', 'x-mizan': 'void' })
  expect(artifact?.functions['maybe']?.result).toEqual({
    anyOf: [{ $ref: '#/$defs/Row' }, { type: 'null', 'x-mizan': 'void' }],
  })
  expect(text).toContain('export type MaybeResult = Row | undefined')
})

test('a property keeps the order of its declaration through Pick and Omit', async () => {
  await using project = await sourceProject({
    'a.ts': `
      interface Row { zebra: number; apple: number; mango: number }
      export const a = client((row: Pick<Row, 'mango' | 'zebra'>): void => {})
      export const b = client((row: Omit<Row, 'apple'>): void => {})`,
  })
  await project.generate()
  const text = await project.generated('client.gen.ts')
  expect(text.match(/row: \{ zebra: number; mango: number \}/g)).toHaveLength(2)
})
