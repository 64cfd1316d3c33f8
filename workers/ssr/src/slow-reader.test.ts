/** Whoever reads a stream slowly makes its page wait, and nothing else. */

import { eventually } from '@mizan/testing/resources'
import { afterAll, expect, test } from 'vitest'
import { createRenderer } from './create-renderer.ts'
import { streamWindow } from './frames.ts'
import type { StreamedPiece } from './renderer.ts'

const renderer = createRenderer({
  worker: new URL('../test/streaming.worker.ts', import.meta.url),
  flags: ['--conditions=@mizan/source'],
  processes: 1,
  timeout: 60_000,
})
afterAll(() => renderer.close())

const length = 16 * 1024
const count = 4_000
const mostAhead = streamWindow / length + 1
const madeOf = async (name: string): Promise<number> =>
  Number((await renderer.render('Made', { name })).html)

test('a page is made no further ahead of its reader than the window, and arrives whole', async () => {
  const stream = renderer.stream('Pieces', { name: 'whole', count, length })
  const numbers: number[] = []
  const take = async (pieces: number): Promise<void> => {
    for (let taken = 0; taken < pieces; taken += 1)
      numbers.push(Number.parseInt(((await stream.next()).value as StreamedPiece).html, 10)) // cast: a piece
  }
  for (const pieces of [1, 100, 1]) {
    await take(pieces)
    await eventually(async () =>
      expect(await madeOf('whole')).toBeGreaterThanOrEqual(numbers.length - 1 + mostAhead),
    )
    // Turns of the worker in which it could have made more.
    for (let turn = 0; turn < 100; turn += 1) await madeOf('whole')
    expect(await madeOf('whole')).toBeLessThanOrEqual(numbers.length + mostAhead)
  }
  await take(count - numbers.length)
  expect(numbers).toEqual(Array.from({ length: count }, (_, index) => index))
  expect((await stream.next()).done).toBe(true)
})

test('readers that do not read hold up nobody, and are not what takes too long', async () => {
  const timeout = 3_000
  const pieces = 2 * mostAhead
  const streams = Array.from({ length: 20 }, (_, reader) =>
    renderer.stream('Pieces', { name: `slow ${reader}`, count: pieces, length }, { timeout }),
  )
  const began = performance.now()
  for (const stream of streams) await stream.next()
  while (performance.now() - began < timeout * 1.5)
    expect(await madeOf('slow 0')).toBeLessThanOrEqual(1 + mostAhead)
  const rest = await Promise.all(
    streams.map(async (stream) => {
      let taken = 1
      for await (const { html } of stream) taken += html.length / length
      return taken
    }),
  )
  expect(rest).toEqual(streams.map(() => pieces))
})

test('a reader who leaves a page that waits ends it', async () => {
  for await (const { html } of renderer.stream('Pieces', { name: 'left', count, length })) {
    expect(html).toHaveLength(length)
    await eventually(async () => expect(await madeOf('left')).toBeGreaterThanOrEqual(mostAhead))
    break
  }
  const made = await madeOf('left')
  for (let turn = 0; turn < 20; turn += 1) await madeOf('left')
  expect(await madeOf('left')).toBeLessThanOrEqual(made + 1)
  expect(made).toBeLessThan(count)
})
