import { expect, it } from 'vitest'

import { liveServer, rename, taskContext } from '../../../test/live-server.ts'
import { watch } from '../../../test/until.ts'
import { createKernel } from '../../kernel.ts'
import { live } from './live.ts'
import { socketOrEvents } from './socket-or-events.ts'

it('where no socket gets through, what somebody else changed comes by events', async () => {
  await using server = await liveServer()
  server.refuse()
  const layer = live({ url: server.url, open: socketOrEvents(), delay: () => 1 })
  const page = createKernel({ origin: server.origin }, layer)
  const somebody = createKernel({ origin: server.origin })
  using five = watch(page, taskContext, { taskId: 5 })
  await five.settled()
  await expect.poll(() => server.log.some((line) => line.startsWith('GET events'))).toBe(true)
  await somebody.call(rename, { taskId: 5, title: 'Changed' })
  await five.until(({ data }) => data?.taskTitle === 'Changed')

  // What is shown later is followed as well.
  using six = watch(page, taskContext, { taskId: 6 })
  await six.settled()
  const streams = (): number => server.log.filter((line) => line.startsWith('GET events')).length
  await expect.poll(streams).toBeGreaterThan(1)
  await somebody.call(rename, { taskId: 6, title: 'Also' })
  await six.until(({ data }) => data?.taskTitle === 'Also')
  layer.close()
})

it('a socket that opens is used, and events are not asked for', async () => {
  await using server = await liveServer()
  const layer = live({ url: server.url, open: socketOrEvents(), delay: () => 1 })
  const page = createKernel({ origin: server.origin }, layer)
  const somebody = createKernel({ origin: server.origin })
  using five = watch(page, taskContext, { taskId: 5 })
  await five.settled()
  server.titles.set(5, 'Changed')
  await expect
    .poll(async () => {
      await somebody.call(rename, { taskId: 5, title: 'Changed' })
      return page.read(taskContext, { taskId: 5 }).data?.taskTitle
    })
    .toBe('Changed')
  expect(server.log.filter((line) => line.includes('events'))).toEqual([])
  layer.close()
})
