import { expect, test } from 'vitest'
import { intercept, type Layer } from './intercept.ts'

test('the first layer is the outermost, and each may change input and output', async () => {
  const trace: string[] = []
  const layer =
    (name: string): Layer<number, string> =>
    async (input, next) => {
      trace.push(`>${name}`)
      const output = await next(input + 1)
      trace.push(`<${name}`)
      return `${name}(${output})`
    }
  const result = await intercept([layer('a'), layer('b')], 1, (input) =>
    Promise.resolve(String(input)),
  )
  expect(result).toBe('a(b(3))')
  expect(trace).toEqual(['>a', '>b', '<b', '<a'])
})

test('a layer that calls next twice is refused', async () => {
  const twice: Layer<number, number> = async (input, next) =>
    (await next(input)) + (await next(input))
  await expect(intercept([twice], 1, (input) => Promise.resolve(input))).rejects.toThrow(TypeError)
})

test('a layer may answer without calling next', async () => {
  expect(await intercept([() => Promise.resolve('early')], 0, () => Promise.resolve('late'))).toBe(
    'early',
  )
})
