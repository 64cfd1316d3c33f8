import { expect, it } from 'vitest'

import { toMultipart } from './multipart.ts'
import type { KernelRequest } from './transport.ts'

const request: KernelRequest = {
  name: 'send',
  idempotent: false,
  method: 'POST',
  path: '/call/',
  headers: { 'content-type': 'application/json', 'x-mizan-artifact': '0' },
  body: '{}',
}

const file = (text: string): File => new File([text], `${text}.txt`, { type: 'text/plain' })

it('files are parts named by their pointers, and null in the JSON', async () => {
  const { body, headers, path } = toMultipart(request, {
    title: 'x',
    cover: file('a'),
    photos: [file('b'), null, { deep: new Blob(['c']) }],
    'a/b~c': file('d'),
    none: null,
  })
  expect(path).toBe('/call/send/')
  expect(headers).toEqual({ 'x-mizan-artifact': '0' })
  const form = body as FormData // cast: what is tested
  const [args, ...files] = [...form]
  expect(args?.[0]).toBe('args')
  expect(JSON.parse(String(args?.[1]))).toEqual({
    title: 'x',
    cover: null,
    photos: [null, null, { deep: null }],
    'a/b~c': null,
    none: null,
  })
  const texts = files.map(async ([name, part]) => [name, await (part as File).text()]) // cast: a file
  expect(await Promise.all(texts)).toEqual([
    ['/cover', 'a'],
    ['/photos/0', 'b'],
    ['/photos/2/deep', 'c'],
    ['/a~1b~0c', 'd'],
  ])
  expect(files[0]?.[1]).toMatchObject({ name: 'a.txt', type: 'text/plain' })
})

it('arguments without files are still one part', () => {
  const { body } = toMultipart(request, { title: 'x' })
  expect([...(body as FormData)]).toEqual([['args', '{"title":"x"}']]) // cast: what is tested
})

it('a property called __proto__ is a property', () => {
  const args = JSON.parse('{"__proto__":{"polluted":true}}') as Record<string, unknown> // cast: an object
  const { body } = toMultipart(request, args)
  expect([...(body as FormData)]).toEqual([['args', '{"__proto__":{"polluted":true}}']]) // cast: what is tested
  expect('polluted' in {}).toBe(false)
})
