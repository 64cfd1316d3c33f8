import { expect, test, vi } from 'vitest'
import { createConsoleLogger } from './logger.ts'

test.each<[string, () => unknown]>([
  ['a circle', () => Object.assign([], { 0: circle() })],
  ['causes in a circle', () => causes()],
  ['a getter that throws', () => Object.defineProperty({}, 'x', { enumerable: true, get: raise })],
])('a failure that JSON has no form for is logged all the same: %s', (_name, make) => {
  const lines: string[] = []
  using write = vi.spyOn(process.stderr, 'write').mockImplementation((line) => {
    lines.push(String(line))
    return true
  })
  createConsoleLogger().error({ id: 'a1', error: make() }, 'a request failed')
  expect(write).toHaveBeenCalledOnce()
  const [line = ''] = lines
  expect(JSON.parse(line)).toMatchObject({ level: 'error', message: 'a request failed' })
  expect(line).toContain('a1')
})

function circle(): object {
  const value: { self?: object } = {}
  value.self = value
  return value
}

function causes(): Error {
  const first = new Error('first')
  first.cause = new Error('second', { cause: first })
  return first
}

function raise(): never {
  throw new Error('no')
}
