import { describeProblems, type ProblemCase } from '../../test/problem-cases.ts'

const cases: readonly ProblemCase[] = [
  [
    'no property is called __proto__',
    'export const a = client((x: { inner: { ["__proto__"]: string } }) => {})',
    'a: argument x.inner.__proto__ would set the prototype of objects',
  ],
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
  [
    'a named type is told with the path inside of it',
    `interface Item { at: Date | string }
interface Page<T> { items: T[]; more?: Map<string, T> }
export const a = client((): Promise<Page<Item>> => Promise.reject())`,
    '4:29 a: result.items[].at has members that look alike in JSON (string): Date and string',
  ],
  [
    'a bigint and text look alike, and names are told',
    `type Id = bigint
type Label = \`l-\${string}\`
export const a = client((id: Id | Label) => {})`,
    '4:26 a: argument id has members that look alike in JSON (string): a template literal and bigint',
  ],
  [
    'a type that a package does not export is told with the package',
    `import type { Missing } from 'nowhere'
import { client } from '@mizan/server'
export const a = client((task: { deep: Missing[] }) => {})`,
    "3:26 a: argument task.deep[] has a type that could not be resolved; Missing should come from 'nowhere', which is not installed or does not export it",
  ],
  [
    'a class with methods is no data',
    'export class Task { title = "" ; rename() {} }\nexport const a = client((): Task => new Task())',
    'a: result.rename is a method, which cannot cross',
  ],
  [
    'what a class computes is left out of JSON',
    'export class Task { get title() { return "" } }\nexport const a = client((): Task => new Task())',
    'a: result.title is computed by the class, which JSON leaves out; return a plain object, or give the class a toJSON',
  ],
  [
    'what only TypeScript hides would cross',
    'export class User { name = ""; private secret = "" }\nexport const a = client((): User => new User())',
    'a: result has secret, which only TypeScript hides: it would cross; declare it #secret, or pass a plain object with the data alone',
  ],
  [
    'an error is thrown, not returned',
    'class Gone extends Error {}\nexport const a = client((): Gone => new Gone())',
    '3:29 a: result extends Error, of which only its own data could cross',
  ],
  [
    'an argument that comes back as less is refused',
    'class Money { toJSON() { return "1" } }\nexport const a = client((price: { net: Money }) => {})',
    '3:26 a: argument price.net is Money, and what arrives is what its toJSON returns; take that, and make the Money of it',
  ],
  [
    'files travel to the server only',
    'export const a = client((): { files: File[] } => ({ files: [] }))',
    '2:29 a: result.files[] is a File, and files travel to the server only; return a Uint8Array, or a Response from a function with a route',
  ],
  [
    'a page of a stream is no stream',
    'export const a = client((): { rows: AsyncIterable<string> } => ({ rows: null! }))',
    'a: result.rows is an AsyncIterable, which cannot cross; collect it into an array, or return it alone, not inside of something, to stream it',
  ],
  [
    'an item of a stream crosses like a result',
    'export const a = client(async function* () { yield () => 1 })',
    'a: item is a function, which cannot cross',
  ],
  [
    'a weak map has no entries to send',
    'export const a = client((seen: WeakMap<object, string>) => {})',
    'a: argument seen is a WeakMap, which cannot cross; pass a Map',
  ],
  [
    'a promise inside is not awaited',
    'export const a = client((): { name: Promise<string> } => ({ name: Promise.resolve("") }))',
    'a: result.name is a Promise, which cannot cross; await it',
  ],
  [
    'never has no values',
    'export const a = client((nothing: never) => {})',
    'a: argument nothing is never, which has no values; remove it',
  ],
  [
    'a bigint literal has no JSON of its own',
    'export const a = client((one: 1n) => {})',
    'a: argument one is the literal 1n; use bigint, or a number literal',
  ],
  [
    'an upper-case string cannot be checked',
    'export const a = client((code: Uppercase<string>) => {})',
    'a: argument code is Uppercase<string>, which no schema can check; use string, with @pattern',
  ],
  [
    'a type that grows in two directions is told at once',
    `type Nest<T> = { value: T; one?: Nest<T[]>; two?: Nest<Set<T>> }
export const a = client((nest: Nest<string>) => {})`,
    '3:26 a: argument nest',
  ],
  [
    'items after a rest have no place in a schema',
    'export const a = client((words: [...string[], number]) => {})',
    'a: argument words has items after a rest element; put the rest element last',
  ],
  [
    'listed and open names with conversions do not mix',
    'export const a = client((at: { first: Date; [name: string]: Date }) => {})',
    'mixes named properties with an index signature and needs conversion',
  ],
]

describeProblems('a type that cannot cross', cases)
