import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { repository, sourceProject, type SourceProject } from '../../test/source-project.ts'

/** One of everything that is converted, alone and inside everything else. */
const source = `
import { client, defineContext } from '@mizan/server'

export const ShopContext = defineContext('shop')
export const EmptyContext = defineContext('empty')

export type Event =
  | { readonly kind: 'opened'; readonly at: Date }
  | { readonly kind: 'sold' | 'returned'; readonly cents: bigint; readonly note?: string }
  | { readonly kind: 'closed' }
const levels = ['low', 'high'] as const
export type Level = (typeof levels)[number]
/** A shelf, which may stand on others. */
export interface Shelf {
  readonly id: bigint
  label?: string
  level: Level | null
  seen: Date | null
  cleaned?: Date
  photo: Uint8Array
  tags: ReadonlySet<string>
  prices: Map<string, bigint>
  history: readonly Event[]
  visits: Record<string, Date>
  span: [from: Date, to?: Date]
  mixed: [id: number, ...dates: Date[]]
  below: Shelf[]
  'odd name': Date
}
export interface Plain { readonly id: number; names: string[] }

export class Shop {
  /** All shelves. */
  @client({ context: ShopContext }) async shelves(since: Date, shopId: bigint, level?: Level): Promise<Shelf[]> { return [] }
  @client({ context: ShopContext }) async plain(): Promise<Plain | null> { return null }
  @client({ context: ShopContext }) async nothing(): Promise<Shelf | undefined> { return undefined }
  @client({ context: EmptyContext }) status(): 'open' | 'closed' { return 'open' }
  @client({ affects: [ShopContext, EmptyContext.only('status')] }) async store(shelf: Shelf, at?: Date, tags?: Set<bigint>): Promise<Shelf> { return shelf }
  @client async when(at: Date | null): Promise<Date | null> { return at }
  @client reset(): void {}
  @client pick({ ids, exact = false }: { ids: readonly bigint[]; exact?: boolean }): Map<bigint, Shelf> { return new Map() }
}
export const one = client((event: Event): Event => event)
`

/** The hooks as pages use them, and what the types must refuse. */
const page = (binding: 'react' | 'vue' | 'svelte'): string => {
  const provider = binding === 'svelte' ? 'provideShopContext' : 'ShopContext'
  const params = binding === 'svelte' ? '() => ({ shopId: 1n })' : '{ shopId: 1n }'
  const wrong = binding === 'svelte' ? '() => ({ shopId: 1 })' : '{ shopId: 1 }'
  const data = (text: string): string => (binding === 'vue' ? `${text}.data.value` : `${text}.data`)
  return `
import { ${provider}, useShelves, useShopContext, useStatus, useStore, useReset, type Shelf } from '../mizan/${binding}.gen.ts'
export function page(shelf: Shelf): void {
  const all = useShelves(${params})
  const seen: Date | null | undefined = ${data('all')}?.[0]?.seen
  const names: string[] | undefined = ${data('useShopContext()')}?.plain?.names
  const status: 'open' | 'closed' | undefined = ${data('useStatus()')}
  useStore().mutate({ shelf, tags: new Set([1n]) })
  const done: Promise<void> = useReset().mutateAsync()
  // @ts-expect-error a param of another type
  useShelves(${wrong})
  // @ts-expect-error a misspelt member
  ${data('useShopContext()')}?.shelvs
  // @ts-expect-error a required argument is missing
  useStore().mutate({})
  void [seen, names, status, done, ${provider}]
}`
}

// One project for all: its program holds every type of the server's packages.
let project: SourceProject
beforeAll(async () => {
  project = await sourceProject(
    { 'shop.ts': source },
    {
      targets: ['react', 'vue', 'svelte'],
      functions: ['src/shop.ts'],
      installed: true,
    },
  )
  await project.generate()
})
afterAll(() => project[Symbol.asyncDispose]())

test('generated files compile under the strictest settings, and pages are checked against them', async () => {
  for (const binding of ['react', 'vue', 'svelte'] as const)
    await project.write(`pages/${binding}.ts`, page(binding))
  await project.write(
    'server.ts',
    `import { functions } from './mizan/server.gen.ts'\nexport const names: readonly string[] = [...functions.sources.keys()]`,
  )
  const compilerOptions = {
    target: 'es2023',
    lib: [
      'es2023',
      'es2024.string',
      'dom',
      'dom.iterable',
      'dom.asynciterable',
      'esnext.disposable',
    ],
    module: 'nodenext',
    customConditions: ['@mizan/source'],
    types: ['node'],
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    noPropertyAccessFromIndexSignature: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    isolatedModules: true,
    skipLibCheck: true,
    noEmit: true,
  }
  // Our own sources are not held to an application's settings: only what is said of the project counts.
  await project.write(
    'check.json',
    JSON.stringify({
      compilerOptions,
      files: ['pages/react.ts', 'pages/vue.ts', 'pages/svelte.ts', 'mizan/client.gen.ts'],
    }),
  )
  const tsc = spawn(
    join(repository, 'node_modules/.bin/tsc'),
    ['-p', 'check.json', '--pretty', 'false'],
    { cwd: project.root },
  )
  let output = ''
  tsc.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  await once(tsc, 'close')
  expect(output.split('\n').filter((line) => /^(mizan|pages)\//.test(line))).toEqual([])
})

const at = new Date('2026-11-20T10:00:00.123Z')
const shelf = {
  id: 9007199254740993n,
  level: 'low',
  seen: null,
  cleaned: at,
  photo: Uint8Array.from({ length: 256 }, (_, index) => index),
  tags: new Set(['a', 'b']),
  prices: new Map([['a', 5n]]),
  history: [{ kind: 'opened', at }, { kind: 'returned', cents: -1n }, { kind: 'closed' }],
  visits: { home: at },
  span: [at],
  mixed: [1, at, at],
  below: [],
  'odd name': at,
}
const wire = {
  id: '9007199254740993',
  level: 'low',
  seen: null,
  cleaned: '2026-11-20T10:00:00.123Z',
  photo: Buffer.from(shelf.photo).toString('base64'),
  tags: ['a', 'b'],
  prices: [['a', '5']],
  history: [
    { kind: 'opened', at: '2026-11-20T10:00:00.123Z' },
    { kind: 'returned', cents: '-1' },
    { kind: 'closed' },
  ],
  visits: { home: '2026-11-20T10:00:00.123Z' },
  span: ['2026-11-20T10:00:00.123Z'],
  mixed: [1, '2026-11-20T10:00:00.123Z', '2026-11-20T10:00:00.123Z'],
  below: [],
  'odd name': '2026-11-20T10:00:00.123Z',
}

test('values become the JSON of the protocol and come back equal', async () => {
  const client = (await import(
    /* @vite-ignore */ pathToFileURL(join(project.root, 'mizan/client.gen.ts')).href
  )) as {
    // oxlint-disable-next-line typescript/no-explicit-any -- cast: generated for this test, its types are checked by tsc above
    readonly [name: string]: any
  }
  const nested = { ...shelf, below: [shelf] }
  const nestedWire = { ...wire, below: [wire] }
  expect(client['store'].args.shelf.encode(nested)).toEqual(nestedWire)
  expect(client['store'].decode(nestedWire)).toEqual(nested)
  expect(client['store'].args.at.encode(at)).toBe('2026-11-20T10:00:00.123Z')
  expect(client['store'].args.tags.encode(new Set([1n, 2n]))).toEqual(['1', '2'])
  expect(client['when'].decode('2026-11-20T10:00:00.123Z')).toEqual(at)
  expect(client['when'].decode(null)).toBeNull()
  expect(client['when'].args.at.encode(null)).toBeNull()
  expect(client['pick'].args.ids.encode([1n])).toEqual(['1'])
  expect(client['pick'].decode([['1', wire]])).toEqual(new Map([[1n, shelf]]))
  expect(client['reset'].decode(null)).toBeUndefined()
  expect(client['one'].decode(wire.history[1])).toEqual(shelf.history[1])
  expect(client['one'].args.event.encode(shelf.history[0])).toEqual(wire.history[0])

  const { members, params } = client['shopContext']
  expect(members.shelves.decode([wire])).toEqual([shelf])
  expect(members.nothing.decode(null)).toBeUndefined()
  expect(params.since).toMatchObject({ wire: 'since', required: true, kind: 'string' })
  expect(params.shopId.encode(5n)).toBe('5')
  expect(params.level).toEqual({ wire: 'level', required: false, kind: 'string' })
})

test('what JSON carries unchanged has no conversion', async () => {
  const text = await project.generated('client.gen.ts')
  expect(text).toContain(`    plain: { wire: 'plain' },\n`)
  expect(text).not.toContain('decodePlain')
  expect(text).toContain(`    exact: { wire: 'exact' },\n`)
})
