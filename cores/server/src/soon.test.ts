import { expect, test } from 'vitest'
import { allSoon, andThen, orElse, soon } from './soon.ts'

const later = <T>(value: T): Promise<T> => Promise.resolve(value)
const broken = new Error('broken')
const failing = (): never => {
  throw broken
}

test('what is there at once is gone on with at once, what comes later when it comes', async () => {
  expect(andThen(2, (value) => value + 1)).toBe(3)
  expect(await andThen(later(2), (value) => value + 1)).toBe(3)
  expect(await andThen(2, (value) => later(value + 1))).toBe(3)
})

test('a failure is recovered from, now or later', async () => {
  const recover = (error: unknown): string => `was ${(error as Error).message}`
  expect(orElse(failing, recover)).toBe('was broken')
  expect(await orElse(() => Promise.reject(broken), recover)).toBe('was broken')
  expect(orElse(() => 'well', recover)).toBe('well')
})

test('a function that throws gives a rejection, and what can be awaited is awaited', async () => {
  await expect(soon(failing)).rejects.toBe(broken)
  expect(soon(() => 1)).toBe(1)
  // As a query builder is one.
  // oxlint-disable-next-line unicorn/no-thenable -- that is what it is
  const thenable = Object.fromEntries([['then', (resolve: (value: number) => void) => resolve(5)]])
  expect(await soon<unknown>(() => thenable)).toBe(5)
  // oxlint-disable-next-line unicorn/no-thenable -- a column may have that name
  const row = Object.fromEntries([['then', 'a text']])
  expect(soon<unknown>(() => row)).toBe(row)
})

test('several values are there when the last of them is', async () => {
  expect(allSoon([1, 2])).toEqual([1, 2])
  expect(await allSoon([1, later(2)])).toEqual([1, 2])
  await expect(allSoon([Promise.reject(broken), Promise.reject(broken)])).rejects.toBe(broken)
})
