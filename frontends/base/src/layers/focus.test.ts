import { expect, it } from 'vitest'

import { taskContext } from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { watch } from '../../test/until.ts'
import { createKernel } from '../kernel.ts'
import { focus, type FocusWindow } from './focus.ts'

/** A page that is shown and hidden by the test. */
class Page extends EventTarget implements FocusWindow {
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'visible' })

  show(): void {
    this.document.visibilityState = 'visible'
    this.document.dispatchEvent(new Event('visibilitychange'))
  }

  hide(): void {
    this.document.visibilityState = 'hidden'
    this.document.dispatchEvent(new Event('visibilitychange'))
  }
}

it('who comes back to the page sees it up to date; what is young or unwatched is left alone', async () => {
  await using server = await boardServer()
  let now = 0
  const clock = (): number => now
  const page = new Page()
  const kernel = createKernel({ origin: server.origin, clock }, focus({ window: page, clock }))
  using task = watch(kernel, taskContext, { taskId: 5 })
  await task.settled()
  await kernel.load(taskContext, { taskId: 6 })
  server.log.length = 0

  page.hide()
  now = 4_999
  page.show()
  expect(server.log).toEqual([])
  expect(task.states.at(-1)?.isStale).toBe(false)

  page.hide()
  now = 5_000
  page.show()
  expect(task.states.at(-1)?.isStale).toBe(true)
  await task.settled()
  expect(server.log).toEqual(['GET task?task_id=5'])
})

it('so does who is online again, or comes back by the back button', async () => {
  await using server = await boardServer()
  const page = new Page()
  const kernel = createKernel({ origin: server.origin }, focus({ window: page, staleAfter: 0 }))
  using task = watch(kernel, taskContext, { taskId: 5 })
  await task.settled()
  for (const type of ['online', 'pageshow']) {
    page.dispatchEvent(new Event(type))
    expect(task.states.at(-1)?.isStale).toBe(true)
    await task.settled()
  }
})
