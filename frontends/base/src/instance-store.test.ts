import { describe, expect, it } from 'vitest'

import { taskContext } from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { watch } from '../test/until.ts'
import { createKernel } from './kernel.ts'

const status = (kernel: ReturnType<typeof createKernel>, locale: string): string =>
  kernel.read(taskContext, { taskId: 5, locale }).status

describe('instances that nobody watches', () => {
  it('leave in the order in which they were left when there are too many', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin, keep: 2 })
    for (const locale of ['a', 'b']) await kernel.load(taskContext, { taskId: 5, locale })
    await kernel.load(taskContext, { taskId: 5, locale: 'a' })
    await kernel.load(taskContext, { taskId: 5, locale: 'c' })
    expect(['a', 'b', 'c'].map((locale) => status(kernel, locale))).toEqual([
      'success',
      'idle',
      'success',
    ])
  })

  it('leave when their time is over', async () => {
    await using server = await boardServer()
    let now = 0
    const kernel = createKernel({ origin: server.origin, keepFor: 1000, clock: () => now })
    await kernel.load(taskContext, { taskId: 5, locale: 'a' })
    now = 900
    await kernel.load(taskContext, { taskId: 5, locale: 'b' })
    now = 1100
    await kernel.load(taskContext, { taskId: 5, locale: 'c' })
    expect(['a', 'b', 'c'].map((locale) => status(kernel, locale))).toEqual([
      'idle',
      'success',
      'success',
    ])
  })

  it('do not push out those that are watched, however old these are', async () => {
    await using server = await boardServer()
    let now = 0
    const kernel = createKernel({
      origin: server.origin,
      keep: 1,
      keepFor: 1,
      clock: () => now,
    })
    using first = watch(kernel, taskContext, { taskId: 5, locale: 'a' })
    using second = watch(kernel, taskContext, { taskId: 5, locale: 'b' })
    await Promise.all([first.settled(), second.settled()])
    now = 1_000_000
    await kernel.load(taskContext, { taskId: 5, locale: 'c' })
    await kernel.load(taskContext, { taskId: 5, locale: 'd' })
    expect(['a', 'b', 'c', 'd'].map((locale) => status(kernel, locale))).toEqual([
      'success',
      'success',
      'idle',
      'success',
    ])
  })
})
