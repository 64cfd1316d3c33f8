import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { sourceProject, type SourceProject } from '../../test/source-project.ts'
import { createGenerator, type GenerateOptions } from '../generate.ts'

/** Everything that was generated. */
async function texts(project: SourceProject): Promise<Record<string, string>> {
  const names = await project.files()
  const pairs = names.map(async (name) => [name, await project.generated(name)] as const)
  return Object.fromEntries(await Promise.all(pairs))
}

/** Every file that there is. */
const targets = ['react', 'vue', 'svelte', 'forms', 'openapi', 'json-schema', 'mcp'] as const

/** Follows an edit, and expects what a run that knows nothing would have written. */
async function follow(
  project: SourceProject,
  file: string,
  text: string | undefined,
): Promise<readonly string[]> {
  if (text === undefined) await project.remove(file)
  else await project.write(file, text)
  const problems = await project.problems([file])
  const options: GenerateOptions = {
    root: project.root,
    functions: ['src/**/*.ts'],
    targets,
    keep: false,
  }
  const cold = await createGenerator(options).check()
  expect(problems).toEqual(
    cold.problems.map(
      ({ file: at, line, column, message }) => `${at}:${line}:${column} ${message}`,
    ),
  )
  expect(cold.changed).toEqual([])
  return problems
}

const server = `import { client, defineContext, GlobalContext } from '@mizan/server'\n`

describe('after an edit, an open project writes what a new one would', () => {
  test.for<readonly [string, readonly (readonly [file: string, text: string | undefined])[]]>([
    [
      'of a type two modules away',
      [
        ['src/size.ts', `export type Size = 'small' | 'large' | 'huge'`],
        ['src/size.ts', `/** Now documented. */ export type Size = 'tiny'`],
      ],
    ],
    [
      'of a type that several modules share',
      [
        [
          'src/shared.ts',
          `export interface User { id: number; email: string }\nexport interface Page<T> { items: T[] }`,
        ],
      ],
    ],
    [
      'that makes a second user of an instantiation',
      [
        [
          'src/c.ts',
          `${server}import type { Page, User } from './shared.ts'\nexport const c = client((page: Page<User>) => 1)`,
        ],
        [
          'src/c.ts',
          `${server}import type { Page, User } from './shared.ts'\nexport const c = client((page: Page<User>, other: Page<string>) => 1)`,
        ],
        ['src/c.ts', `${server}export const c = client((x: number) => 1)`],
      ],
    ],
    [
      'that takes the only user of a name away, and gives it to another',
      [
        ['src/b.ts', `${server}export const b = client((x: number) => 1)`],
        [
          'src/c.ts',
          `${server}export interface Row { other: string }\nexport const c = client((row: Row) => 1)`,
        ],
        [
          'src/b.ts',
          `${server}export interface Row { mine: string }\nexport const b = client((row: Row) => 1)`,
        ],
      ],
    ],
    [
      'that names what a constant names',
      [
        [
          'src/shared.ts',
          `export interface User { id: number }\nexport interface Page<T> { items: T[]; next: number }\nexport const name = 'renamed'`,
        ],
      ],
    ],
    [
      'of a base class',
      [
        [
          'src/base.ts',
          `${server}export abstract class Base<T> { @client list(): T[] { return [] } @client one(id: string): T { throw 1 } }`,
        ],
      ],
    ],
    [
      'that breaks something, breaks more, and mends it',
      [
        ['src/c.ts', `${server}export const c = client((`],
        ['src/size.ts', `export type Size = symbol`],
        ['src/c.ts', `${server}export const c = client(() => 1)`],
        ['src/size.ts', `export type Size = 'fine'`],
      ],
    ],
    [
      'that declares something for everybody',
      [
        [
          'src/c.ts',
          `${server}declare global { interface Also { c: 1 } }\nexport const c = client((x: Everywhere) => 1)`,
        ],
        [
          'src/everywhere.d.ts',
          `// Seen without an import of it.\ninterface Everywhere { a: string }`,
        ],
        [
          'src/everywhere.d.ts',
          `// Seen without an import of it.\ninterface Everywhere { b: string }`,
        ],
      ],
    ],
    [
      'that removes a module, and brings it back',
      [
        ['src/c.ts', undefined],
        ['src/size.ts', undefined],
        ['src/size.ts', `export type Size = 'back'`],
        ['src/c.ts', `${server}export const c = client((x: bigint) => x)`],
      ],
    ],
    [
      'that takes a name which generated code had for itself, and gives it back',
      [
        [
          'src/c.ts',
          `${server}export const call = client((x: number) => 1)\nexport const artifact = client((x: number) => 1)`,
        ],
        ['src/c.ts', `${server}export const decodeEvent = client((x: number) => 1)`],
        ['src/c.ts', `${server}export const toBytes = client((x: number) => 1)`],
        ['src/c.ts', `${server}export const c = client((x: number) => 1)`],
      ],
    ],
    [
      'that gives a type of another module a longer name, and takes it back',
      [
        [
          'src/c.ts',
          `${server}export interface Event { c: 1 }\nexport const c = client((x: Event) => 1)`,
        ],
        ['src/c.ts', `${server}export const c = client((x: number) => 1)`],
      ],
    ],
    [
      'that adds a member to a context, and changes what its members throw',
      [
        [
          'src/c.ts',
          `${server}import { EventContext } from './events.ts'\nexport const c = client({ context: EventContext }, (eventId: number, from: Date) => 1)`,
        ],
        [
          'src/gone.ts',
          `import { defineError } from '@mizan/server'\nexport const Gone = defineError<'GONE', { since: bigint }>('GONE', { status: 410 })`,
        ],
        ['src/c.ts', `${server}export const c = client(() => 1)`],
      ],
    ],
    [
      'that makes two functions of one name',
      [
        ['src/c.ts', `${server}export const a = client((x: number) => 1)`],
        ['src/c.ts', `${server}export const c = client((x: number) => 1)`],
      ],
    ],
  ])('%s', async ([, edits]) => {
    await using project = await sourceProject(
      {
        'a.ts': `${server}import type { Size } from './mid.ts'\nimport type { Page, User } from './shared.ts'\nexport const a = client((size: Size, user: User): Page<User> => ({ items: [] }))`,
        'b.ts': `${server}import type { User } from './shared.ts'\nexport interface Row { user: User; parent?: Row }\nexport const b = client((row: Row): Row[] => [])`,
        'c.ts': `${server}export const c = client((x: number) => ({ again: [x] }))`,
        'mid.ts': `export type { Size } from './size.ts'`,
        'size.ts': `export type Size = 'small' | 'large'`,
        'shared.ts': `export interface User { id: number }\nexport interface Page<T> { items: T[] }`,
        'base.ts': `${server}export abstract class Base<T> { @client list(): T[] { return [] } }`,
        'gone.ts': `import { defineError } from '@mizan/server'\nexport const Gone = defineError<'GONE', { since: Date }>('GONE', { status: 410 })`,
        'events.ts': `import { client, defineChannel, defineContext } from '@mizan/server'
import { Gone } from './gone.ts'
export interface Event { id: number; at: Date; blob: Uint8Array; tags: Set<string> }
export const EventContext = defineContext('event')
export const event = client({ context: EventContext, throws: [Gone] }, (eventId: number): Event | null => null)
export const addEvent = client({ affects: EventContext, throws: [Gone] }, (event: Event, from: Date) => event.id)
export async function* all(): AsyncGenerator<Event> {}
export const tail = client(all)
export const eventChannel = defineChannel<{ eventId: number }, Event>('event', {})`,
        'heir.ts': `import { Base } from './base.ts'\nexport class Heir extends Base<number> {}`,
      },
      { targets },
    )
    await project.generate()
    const before = await texts(project)
    for (const [file, text] of edits) await follow(project, file, text)
    expect(await texts(project)).not.toEqual(before)
  })
})

const isNightly = process.env['MIZAN_NIGHTLY'] !== undefined

test(
  'after any edits, an open project writes what a new one would',
  async () => {
    const type = fc.constantFrom(
      'number',
      'string',
      'Date',
      'T0',
      'T1',
      'T2',
      'Box<T0>',
      'Box<T1>',
      'Box<Box<T2>>',
      '{ x: T1 }',
      `'a' | 'b'`,
    )
    const edit = fc.record({
      file: fc.nat(2),
      field: type,
      argument: type,
      result: type,
      exported: fc.constantFrom('Row', 'Thing'),
      doc: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(edit, { minLength: 2, maxLength: 6 }), async (edits) => {
        const model = (field: string, number: number): string =>
          `import type { Box } from './box.ts'\n${[0, 1, 2]
            .filter((other) => other !== number)
            .map((other) => `import type { T${other} } from './t${other}.ts'`)
            .join('\n')}\nexport interface T${number} { a?: ${field} }`
        const module = (
          number: number,
          {
            argument,
            result,
            exported,
            doc,
          }: { argument: string; result: string; exported: string; doc: boolean },
        ): string =>
          `${server}import type { Box } from './box.ts'\nimport type { T0 } from './t0.ts'\nimport type { T1 } from './t1.ts'\nimport type { T2 } from './t2.ts'\n${doc ? '/** Said. */\n' : ''}export interface ${exported} { value: ${argument} }\nexport const f${number} = client((x: ${exported}, y: ${argument}): ${result}[] => [])`
        const plain = { argument: 'number', result: 'number', exported: 'Row', doc: false }
        await using project = await sourceProject(
          {
            'box.ts': 'export interface Box<T> { content: T }',
            ...Object.fromEntries(
              [0, 1, 2].flatMap((number) => [
                [`t${number}.ts`, model('number', number)],
                [`m${number}.ts`, module(number, plain)],
              ]),
            ),
          },
          { targets },
        )
        await project.generate()
        for (const { file, field, ...rest } of edits) {
          await follow(project, `src/t${file}.ts`, model(field, file))
          await follow(project, `src/m${file}.ts`, module(file, rest))
        }
      }),
      { numRuns: isNightly ? 100 : 6 },
    )
  },
  isNightly ? 900_000 : 600_000,
)
