import { eventually } from '@mizan/testing/resources'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHarness, type Harness } from '../test/harness.ts'
import type { VersionsBody } from './tag-versions.ts'

let harness: Harness

beforeAll(async () => {
  harness = await createHarness()
})
afterAll(() => harness[Symbol.asyncDispose]())

async function open(binding: 'TAG_VERSIONS' | 'SMALL', name: string) {
  const namespace = await harness.worker.miniflare.getDurableObjectNamespace(binding)
  const stub = namespace.get(namespace.idFromName(name))
  const ask = (body: object) =>
    stub.fetch('https://versions.invalid/', { method: 'POST', body: JSON.stringify(body) })
  return {
    ask,
    async read(...tags: string[]) {
      // cast: what TagVersions answers
      return ((await (await ask({ read: tags })).json()) as VersionsBody).versions
    },
  }
}

test('a tag keeps its version until it is bumped, and then has one that was never seen', async () => {
  const versions = await open('TAG_VERSIONS', 'ctx:a')
  const seen = new Set<string>()
  for (let count = 0; count < 5; count += 1) {
    const { a = '', b } = await versions.read('a', 'b')
    expect(await versions.read('a', 'b')).toEqual({ a, b })
    expect(seen.has(a)).toBe(false)
    seen.add(a)
    await versions.ask({ bump: ['a'] })
    expect((await versions.read('b'))['b']).toBe(b)
  }
})

test('two objects agree in no version', async () => {
  const [first, second] = [await open('TAG_VERSIONS', 'ctx:b'), await open('TAG_VERSIONS', 'ctx:c')]
  expect(await first.read('a')).not.toEqual(await second.read('a'))
})

test('names of Object.prototype are tags like any other', async () => {
  const versions = await open('TAG_VERSIONS', 'ctx:d')
  const before = await versions.read('constructor', 'to_string')
  await versions.ask({ bump: ['constructor'] })
  const after = await versions.read('constructor', 'to_string')
  expect(after['constructor']).not.toBe(before['constructor'])
  expect(after['to_string']).toBe(before['to_string'])
})

test('any number of tags is bumped at once', async () => {
  const versions = await open('TAG_VERSIONS', 'ctx:many')
  const tags = Array.from({ length: 300 }, (_, index) => `many;id=${index}`)
  const before = await versions.read(...tags)
  expect((await versions.ask({ bump: tags })).status).toBe(200)
  const after = await versions.read(...tags)
  expect(tags.filter((tag) => after[tag] === before[tag])).toEqual([])
})

test('above its limit the object forgets, and no version from before is one of after', async () => {
  const versions = await open('SMALL', 'ctx:full')
  const tags = ['a', 'b', 'c', 'd', 'e', 'f']
  const before = await versions.read(...tags)
  await versions.ask({ bump: tags })
  const after = await versions.read(...tags)
  for (const tag of tags) expect(after[tag]).not.toBe(before[tag])
})

test('versions that no entry can hold any more are forgotten', async () => {
  const versions = await open('SMALL', 'ctx:old')
  const before = await versions.read('a', 'b')
  await versions.ask({ bump: ['a'] })
  await eventually(async () => expect(await versions.read('a', 'b')).toEqual(before))
})

test('anything but a question or an order is refused', async () => {
  const versions = await open('TAG_VERSIONS', 'ctx:e')
  expect((await versions.ask({})).status).toBe(400)
})
