import { expect, it } from 'vitest'

import { globalContext, signInAs, taskContext, updateTask } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { watch } from '../../test/until.ts'
import { createKernel, type Kernel } from '../kernel.ts'
import { tabs } from './tabs.ts'

/** Two tabs of one browser, over real BroadcastChannels that end with the test. */
function twoTabs(origin: string): Disposable & { readonly kernels: readonly [Kernel, Kernel] } {
  const channels: BroadcastChannel[] = []
  const open = (name: string): BroadcastChannel => {
    const channel = new BroadcastChannel(name)
    channels.push(channel)
    return channel
  }
  const name = `tabs ${origin}`
  return {
    kernels: [
      createKernel({ origin }, tabs({ name, open })),
      createKernel({ origin }, tabs({ name, open })),
    ],
    [Symbol.dispose]: () => channels.forEach((channel) => channel.close()),
  }
}

it('what a call made out of date in one tab is asked for again in the other, once', async () => {
  await using server = await boardServer()
  using pair = twoTabs(server.origin)
  const [here, there] = pair.kernels
  using task = watch(there, taskContext, { taskId: 5 })
  using other = watch(there, taskContext, { taskId: 6 })
  await Promise.all([task.settled(), other.settled()])
  server.log.length = 0

  await here.call(updateTask, { taskId: 5, title: 'Changed elsewhere' })
  await task.until(({ data }) => data?.taskDetail.title === 'Changed elsewhere')
  expect(server.log).toEqual(['POST update_task', 'GET task?task_id=5'])
})

it('who signs in or out in one tab has done so in the other', async () => {
  await using server = await boardServer()
  using pair = twoTabs(server.origin)
  const [here, there] = pair.kernels
  using global = watch(there, globalContext, {})
  await global.settled()

  await here.call(signInAs, { name: 'Grace' })
  await global.until(({ data }) => data?.currentUser?.name === 'Grace')
  expect(global.states.some(({ data, status }) => status === 'loading' && !data)).toBe(true)
})

it('a tab that heard of a change does not repeat it', async () => {
  await using server = await boardServer()
  const heard: unknown[] = []
  using pair = twoTabs(server.origin)
  const listener = new BroadcastChannel(`tabs ${server.origin}`)
  const [here, there] = pair.kernels
  using task = watch(there, taskContext, { taskId: 5 })
  await task.settled()
  const twice = new Promise<void>((resolve) => {
    listener.onmessage = ({ data }) => {
      heard.push(data)
      if (heard.length === 2) resolve()
    }
  })
  await here.call(updateTask, { taskId: 5, title: 'One' })
  await task.until(({ data }) => data?.taskDetail.title === 'One')
  await here.call(updateTask, { taskId: 5, title: 'Two' })
  await twice
  listener.close()
  const message = {
    call: expect.any(String),
    invalidate: [{ context: 'task', params: { task_id: 5 } }],
  }
  expect(heard).toEqual([message, message])
})
