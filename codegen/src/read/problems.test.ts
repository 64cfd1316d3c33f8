import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sourceProject, type SourceProject } from '../../test/source-project.ts'

/** What is wrong, in which source, and what is said; `^` would stand under the position. */
const cases: readonly (readonly [rule: string, source: string, message: string])[] = [
  // Types
  [
    'a function does not cross, and the path to it is told',
    `interface Item { run(): void; onClick: () => void }
export const a = client((): { items: Item[] } => ({ items: [] }))`,
    '3:29 a: result.items[].run is a method, which cannot cross; return a plain object with the data alone',
  ],
  [
    'a function among properties does not cross',
    'export const a = client((value: { onClick: () => void }) => {})',
    '2:26 a: argument value.onClick is a function, which cannot cross; pass data, or mark the function with client',
  ],
  [
    'a symbol does not cross',
    'export const a = client((key: symbol) => {})',
    '2:26 a: argument key is a symbol, which cannot cross; use a string',
  ],
  [
    'a date and text look alike',
    'export const a = client((at: Date | string) => {})',
    '2:26 a: argument at has members that look alike in JSON (string): Date and string; use one of them, or objects with a literal property that tells them apart',
  ],
  [
    'objects with and without dates need a discriminant',
    'export const a = client((): { at: Date } | { at: string } => ({ at: "" }))',
    '2:29 a: result has several objects of which one needs conversion; give each a literal property, such as kind, that tells them apart',
  ],
  [
    'null and undefined are the same in JSON',
    'export const a = client((): string | null | undefined => null)',
    '2:29 a: result has both null and undefined, which are both null in JSON; keep one of them',
  ],
  [
    'a library type names the way out',
    'export const a = client((link: URL) => {})',
    '2:26 a: argument link is a URL, which cannot cross; pass its href, a string',
  ],
  [
    'a library type has its article',
    'export const a = client((bytes: ArrayBuffer) => {})',
    '2:26 a: argument bytes is an ArrayBuffer, which cannot cross; pass a Uint8Array',
  ],
  [
    'a type parameter is not definite',
    'export const a = client(<T>(value: T) => value)',
    '2:14 a is generic; a client needs definite types',
  ],
  [
    'a type must not grow without end',
    `type Nest<T> = { value: T; next?: Nest<T[]> }
export const a = client((nest: Nest<string>) => {})`,
    'grows without end',
  ],
  [
    'a type that does not resolve is not guessed',
    'export const a = client((task: Missing) => {})',
    '2:26 a: argument task has a type that could not be resolved; nothing here is called Missing',
  ],
  // Parameters
  [
    'a destructured parameter stands alone',
    'export const a = client(({ x }: { x: number }, y: number) => {})',
    'a destructured parameter must be the only one',
  ],
  [
    'an argument needs a wire name',
    'export const a = client((_id: number) => {})',
    'the argument _id has no wire name',
  ],
  [
    'arguments must not meet on the wire',
    'export const a = client((userId: number, userID: number) => {})',
    '2:14 a: arguments userId and userID are both "user_id" on the wire; rename one',
  ],
  // Marks
  [
    'a marked function is exported',
    'const a = client(() => 1)',
    '2:7 a is marked with client but not exported',
  ],
  [
    'a marked class is exported',
    'class A { @client() x() {} }',
    '2:7 A has marked methods but is not exported',
  ],
  [
    'a mark is a const of its module',
    'export const all = { a: client(() => 1) }',
    'must be the value of an exported const at the top of its module',
  ],
  [
    'fields are not marked',
    'export class A { @client x = () => 1 }',
    '@client stands on methods only',
  ],
  [
    'private methods are not marked',
    'export class A { @client private x() {} }',
    '2:34 x is not public',
  ],
  [
    'overloads have no single signature',
    'export class A { x(a: string): void; x(a: number): void; @client x(a: unknown) {} }',
    'x is overloaded',
  ],
  [
    'an override is marked again',
    'export class A { @client x() {} }\nexport class B extends A { override x() {} }',
    '3:37 x overrides a marked method; decorate it with @client again',
  ],
  ['a name needs a wire form', 'export const $a = client(() => 1)', '2:14 $a has no wire name'],
  // Options
  [
    'an option is constant',
    'export const a = client({ rev: Math.random() }, () => 1)',
    '2:32 Math.random() is not a constant expression',
  ],
  [
    'a variable is not constant',
    'let seconds = 5\nexport const a = client({ timeout: seconds }, () => 1)',
    '3:36 seconds is not a constant expression',
  ],
  [
    'constants that are made of each other have no value',
    'const p: number = q\nconst q: number = p\nexport const a = client({ timeout: p }, () => 1)',
    '4:36 p is not a constant expression',
  ],
  [
    'a constant that is made of itself has no value',
    'const n: number = n + 1\nexport const a = client({ timeout: n }, () => 1)',
    '2:19 n is not a constant expression',
  ],
  [
    'options that spread themselves have no value',
    'const o: object = { ...o }\nexport const a = client(o, () => 1)',
    '2:24 o is not a constant expression',
  ],
  [
    'an option is known',
    'export const a = client({ contxt: GlobalContext }, () => 1)',
    '2:35 client has no option "contxt"',
  ],
  [
    'an option has its type',
    'export const a = client({ cache: "5s" }, () => 1)',
    '2:34 cache must be false, a number of seconds, or { ttl, staleFor }, got "5s"',
  ],
  [
    'a context is a context',
    'const user = { name: "user" }\nexport const a = client({ context: user }, () => 1)',
    '3:36 user is not a context',
  ],
  [
    'a context has a wire name',
    'const C = defineContext("userOrders")\nexport const a = client({ context: C }, () => 1)',
    'the context "userOrders" has no wire name; a context is named in snake_case, here "user_orders"',
  ],
  [
    'a context that nobody reads is affected by nobody',
    'const C = defineContext("user")\nexport const a = client({ affects: C }, () => 1)',
    '3:36 a: no function reads the context "user"',
  ],
  [
    'a target names a member',
    'const C = defineContext("user")\nexport const a = client({ affects: C.only("nme") }, () => 1)\nexport const name = client({ context: C }, () => "")',
    '3:36 a: the context "user" has no function "nme"; it has name',
  ],
  [
    'a read affects nothing',
    'export const a = client({ context: GlobalContext, affects: GlobalContext }, () => 1)',
    'a: a read of a context cannot affect anything',
  ],
  [
    'a page has a route',
    'export const a = client((): Response => new Response())',
    'a: returns a Response, so it needs a route of its own',
  ],
  [
    'a route names arguments',
    'export const a = client({ route: "/p/:slug/" }, (id: number): Response => new Response())',
    '2:34 a: the route has :slug, but the function takes no argument of this name',
  ],
  // Together
  [
    'names must not meet on the wire, and both places are told',
    'export const parseURL = client(() => 1)\nexport const parseUrl = client(() => 1)',
    '3:14 parseUrl is "parse_url" on the wire, and so is parseURL at src/a.ts:2:14; rename one, or give one client({ name })',
  ],
  [
    'a param of a context has one type',
    'const C = defineContext("user")\nexport const one = client({ context: C }, (id: number) => 1)\nexport const two = client({ context: C }, (id: string) => 1)',
    '4:14 two: the param id of the context "user" is string here and number in one at src/a.ts:3:14',
  ],
  [
    'generated names must not meet',
    'const C = defineContext("user")\nexport const name = client({ context: C }, () => "")\nexport const userContext = client(() => 1)',
    '4:14 the client\'s useUserContext would stand for both the context "user" (src/a.ts:3:14) and the function userContext',
  ],
  ['a syntax error is told alone', 'export const a = client(() => {', 'is not valid TypeScript'],
]

describe('generate says where, what and how to get out of it', () => {
  // One project for all: a compiler start takes longer than all cases together.
  let project: SourceProject
  beforeAll(async () => {
    project = await sourceProject({}, { tsconfig: { lib: ['es2023', 'dom'] } })
  })
  afterAll(() => project[Symbol.asyncDispose]())

  test.for(cases)('%s', async ([, source, message]) => {
    await project.write('src/a.ts', source)
    const problems = await project.problems(['src/a.ts'])
    expect(problems.join('\n')).toContain(message)
    expect(problems[0]).toMatch(/^src\/a\.ts:\d+:\d+ /)
    expect(await project.files()).toEqual([])
  })
})

test('all problems of a run are reported, in the order of files and lines', async () => {
  await using project = await sourceProject({
    'b.ts': 'export const b = client((key: symbol) => {})',
    'a.ts': 'export const a = client((link: URL, key: symbol) => {})',
  })
  const places = (await project.problems()).map((line) => line.split(' ')[0])
  expect(places).toEqual(['src/a.ts:2:26', 'src/a.ts:2:37', 'src/b.ts:2:26'])
})

test('a tsconfig.json that cannot be used is a problem of its own', async () => {
  await using project = await sourceProject({ 'a.ts': 'export const a = client(() => 1)' })
  for (const [text, message] of [
    ['{ "compilerOptions": { "strict": true, }', /^tsconfig\.json:1:41 cannot be used: /],
    ['{ "extends": "./nope.json" }', /cannot be used: .*nope\.json/],
    [
      '{ "compilerOptions": { "experimentalDecorators": "yes" } }',
      /^tsconfig\.json:1:\d+ cannot be used: .*experimentalDecorators/,
    ],
  ] as const) {
    await project.write('tsconfig.json', text)
    expect(await project.problems(['tsconfig.json'])).toEqual([expect.stringMatching(message)])
    expect(await project.files()).toEqual([])
  }
})

test('settings that a newer compiler may know are none of our business', async () => {
  await using project = await sourceProject(
    { 'a.ts': 'export const a = client(() => 1)' },
    { tsconfig: { target: 'es2099', brandNew: true } },
  )
  expect(await project.problems()).toEqual([])
})
