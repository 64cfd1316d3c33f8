import { expect, test } from 'vitest'
import { eventually } from '../resources.ts'

test('a check that throws is made again, and what it returns at last is the answer', async () => {
  let looks = 0
  const check = async (): Promise<string> => {
    looks += 1
    if (looks < 3) throw new Error('not yet')
    return 'now'
  }
  expect(await eventually(check, { interval: 0 })).toBe('now')
  expect(looks).toBe(3)
})

test('a check that goes on throwing ends with its last error, after at least one look', async () => {
  let looks = 0
  const check = (): never => {
    looks += 1
    throw new Error(`look ${looks}`)
  }
  await expect(eventually(check, { limit: 0 })).rejects.toThrow('look 1')
  await expect(eventually(check, { limit: 30, interval: 1 })).rejects.toThrow(/^look (?!1$)/)
})
