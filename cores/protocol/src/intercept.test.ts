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

test('a layer may call next again, which runs everything inside it again', async () => {
  let attempts = 0
  const retry: Layer<string, string> = (input, next) => next(input).catch(() => next(input))
  const flaky = (input: string): Promise<string> =>
    (attempts += 1) === 1 ? Promise.reject(new Error('once')) : Promise.resolve(input)
  expect(await intercept([retry], 'answer', flaky)).toBe('answer')
  expect(attempts).toBe(2)
})

test('a layer may answer without calling next', async () => {
  expect(await intercept([() => Promise.resolve('early')], 0, () => Promise.resolve('late'))).toBe(
    'early',
  )
})
