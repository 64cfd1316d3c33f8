import { expect, it } from 'vitest'

import { taskContext, updateTask } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { watch } from '../../test/until.ts'
import { createKernel } from '../kernel.ts'
import { retry } from './retry.ts'
import { timeout } from './timeout.ts'

it('a read that is not answered in time fails, and is given up on the wire', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, timeout({ reads: { task: 1 } }))
  const hold = server.hold('GET task')
  await expect(kernel.load(taskContext, { taskId: 5 })).rejects.toMatchObject({
    code: 'TIMEOUT',
    message: 'task: no answer in 1 ms',
  })
  void hold
})

it('a read that ran out of time is asked for again where reads are retried', async () => {
  await using server = await boardServer()
  const again = retry({ sleep: async () => undefined })
  const kernel = createKernel({ origin: server.origin }, again, timeout({ reads: 1_000 }))
  const hold = server.hold('GET task')
  using task = watch(kernel, taskContext, { taskId: 5 })
  await hold.abandoned
  expect((await task.settled()).data?.taskDetail.title).toBe('Task 5')
  // One more for each that a busy machine does not answer in time either.
  expect(server.log.length).toBeGreaterThan(1)
})

it('who gives up before gets their own reason, and calls have no bound unless they are given one', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, timeout({ reads: 1 }))
  const hold = server.hold('POST update_task')
  const controller = new AbortController()
  const { signal } = controller
  const calling = kernel.call(updateTask, { taskId: 5, title: 'a' }, { signal })
  await hold.arrived
  controller.abort(new Error('changed my mind'))
  await expect(calling).rejects.toThrow('changed my mind')
  const bounded = createKernel({ origin: server.origin }, timeout({ calls: 1 }))
  server.hold('POST update_task')
  await expect(bounded.call(updateTask, { taskId: 5 })).rejects.toMatchObject({ code: 'TIMEOUT' })
})
