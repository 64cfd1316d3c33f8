import { expect, test } from 'vitest'
import { describeProblems, type ProblemCase } from '../../test/problem-cases.ts'
import { sourceProject } from '../../test/source-project.ts'

const cases: readonly ProblemCase[] = [
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
  [
    'the arguments of a schema are properties of one object',
    'declare const schema: { "~standard": { types?: { input: string } } }\nexport const a = client({ input: schema }, (text: string) => {})',
    '3:34 a: the arguments must be the properties of one object type',
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
  [
    'a mark that was lost further up is told there',
    'abstract class A { @client x() {} }\nabstract class B extends A { override x() {} }\nexport class C extends B {}',
    '3:39 x overrides a marked method; decorate it with @client again',
  ],
  [
    'a static override is marked again',
    'export class A { @client static x() {} }\nexport class B extends A { static override x() {} }',
    '3:44 x overrides a marked method; decorate it with @client again',
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
  [
    'throws is a list of error classes',
    "import { client, defineError } from '@mizan/server'\nconst Gone = defineError('GONE_AWAY', { status: 410 })\nexport const a = client({ throws: Gone }, () => 1)",
    '3:35 throws must be a list of error classes, got Gone',
  ],
  [
    'an error class is made with defineError',
    'class Gone extends Error {}\nexport const a = client({ throws: [Gone] }, () => 1)',
    "3:36 a: throws needs classes made with defineError in the project's source, got Gone",
  ],
  [
    'the status of an error is constant',
    "import { client, defineError } from '@mizan/server'\nconst Gone = defineError('GONE_AWAY', { status: Math.max(400) })\nexport const a = client({ throws: [Gone] }, () => 1)",
    '2:49 Math.max(400) is not a constant expression',
  ],
  [
    'the data of an error crosses',
    "import { client, defineError } from '@mizan/server'\nconst Gone = defineError<'GONE_AWAY', { at: symbol }>('GONE_AWAY', { status: 410 })\nexport const a = client({ throws: [Gone] }, () => 1)",
    '2:39 GONE_AWAY: data.at is a symbol, which cannot cross; use a string',
  ],
  [
    'codes of one function are different',
    "import { client, defineError } from '@mizan/server'\nconst A = defineError('TAKEN', { status: 409 })\nconst B = defineError('TAKEN', { status: 410 })\nexport const a = client({ throws: [A, B] }, () => 1)",
    '4:39 a: two classes of throws have the code TAKEN',
  ],
  [
    'what an upload allows are numbers and media types',
    'export const a = client({ upload: { types: ["png"] } }, (file: File) => {})',
    '2:35 upload must be { maxBytes, maxFiles, types }',
  ],
  [
    'an upload takes files',
    'export const a = client({ upload: { maxFiles: 1 } }, (name: string) => {})',
    '2:35 a: takes no File',
  ],
  [
    'files do not stand in a URL',
    'export const a = client({ context: GlobalContext }, (files: File[]) => 1)',
    '2:36 a: params of a context stand in a URL; take files in a function without context',
  ],
  [
    'a read of a context answers once',
    'export const a = client({ context: GlobalContext }, async function* () { yield 1 })',
    '2:36 a: a read of a context answers once; stream from a function of its own',
  ],
  [
    'files do not travel over the socket',
    'export const a = client({ websocket: true }, (file: File) => 1)',
    '2:38 a: the socket carries no files; call it by HTTP alone',
  ],
  [
    'a stream is not called over the socket',
    'export const a = client({ websocket: true }, async function* () { yield 1 })',
    '2:38 a: streams, and a call over the socket answers once',
  ],
  [
    'methods belong to a route',
    'export const a = client({ methods: ["GET"] }, () => 1)',
    '2:36 a: methods are those of a route, and it has none',
  ],
  [
    'nothing is affected by GET',
    'export const a = client({ route: "/a/", methods: ["GET"], affects: GlobalContext }, () => 1)\nexport const b = client({ context: GlobalContext }, () => 1)',
    '2:68 a: answers GET only, and nothing is affected by GET',
  ],
  [
    'a target names params of its context',
    'export const a = client({ affects: { context: "global", params: { nme: 1 } } }, () => 1)\nexport const b = client({ context: GlobalContext }, (name: string) => 1)',
    '2:36 a: the context "global" has no param "nme"; it has name',
  ],
  [
    'a timer has an end',
    'export const a = client({ timeout: 3_000_000_000 }, () => 1)',
    '2:36 timeout must be 1 to 2147483647 milliseconds, got 3_000_000_000',
  ],
  // Channels
  [
    'a channel is exported',
    "import { defineChannel } from '@mizan/server'\nconst talk = defineChannel<{ room: number }, string>('talk', {})",
    '2:14 a channel must be the value of an exported const at the top of its module',
  ],
  [
    'a channel has its types',
    "import { defineChannel } from '@mizan/server'\nexport const talk = defineChannel('talk', {})",
    "2:21 talk needs its types: defineChannel<Params, Message>('name', { … })",
  ],
  [
    'a channel has a wire name',
    "import { defineChannel } from '@mizan/server'\nexport const talk = defineChannel<{}, string>('smallTalk', {})",
    '2:47 a channel is named in snake_case, here "small_talk"',
  ],
  [
    'no two hooks have one name, though one is of a channel',
    `import { client, defineChannel } from '@mizan/server'\nexport const roomChannel = defineChannel<{}, string>('room', {})\nexport const a = client({ name: 'room_channel' }, () => 1)`,
    `2:14 the client's roomChannel would stand for both the function a (src/a.ts:3:14) and the channel "room"; rename one`,
  ],
  [
    'channels have different names',
    "import { defineChannel } from '@mizan/server'\nexport const a = defineChannel<{}, string>('talk', {})\nexport const b = defineChannel<{}, string>('talk', {})",
    '3:14 two channels are called "talk": this one and the one at src/a.ts:2:14; rename one',
  ],
  [
    'messages cross in both directions',
    "import { defineChannel } from '@mizan/server'\nexport const a = defineChannel<{}, { file: File }>('talk', {})",
    '2:36 a: message.file is a File, and files travel to the server only',
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

describeProblems('generate says where, what and how to get out of it', cases)

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
