import { expect, test } from 'vitest'
import { shortest } from '../resources.ts'

test('measuring ends at the first that is under the limit', async () => {
  const seen: number[] = []
  const times = [9, 4, 1]
  const measure = async (attempt: number): Promise<number> => {
    seen.push(attempt)
    return times[attempt - 1] ?? 0
  }
  expect(await shortest(measure, { under: 5 })).toBe(4)
  expect(seen).toEqual([1, 2])
})

test('when none is, it is the shortest of all', async () => {
  const measure = async (attempt: number): Promise<number> => [9, 6, 8][attempt - 1] ?? 0
  expect(await shortest(measure, { under: 5, tries: 3 })).toBe(6)
  expect(await shortest(async () => 5, { under: 5 })).toBe(5)
})
