import '../test/dom.ts'

import { expect, it } from 'vitest'

import { taskContext } from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { watch } from '../test/until.ts'
import { createKernel } from './kernel.ts'
import { readState, stateToJson } from './state-text.ts'

const hostile = '</script><script>alert(1)</script><!-- & \u2028 \u2029'

it('nothing in it ends the element that it stands in', () => {
  const text = stateToJson({
    contexts: [{ key: 'k', context: 'task', data: { title: hostile }, fetchedAt: 0 }],
  })
  expect(text).not.toMatch(/[<>&\u2028\u2029]/)
  expect(JSON.parse(text)).toMatchObject({ contexts: [{ data: { title: hostile } }] })
})

it('a page that has it shows it first and asks for nothing', async () => {
  await using server = await boardServer()
  server.tasks.get(5)!.title = hostile
  const rendering = createKernel({ origin: server.origin })
  await rendering.load(taskContext, { taskId: 5 })
  const text = stateToJson(rendering.dehydrate())
  document.body.innerHTML = `<script type="application/json" id="mizan-state">${text}</script>`
  const state = readState()
  if (!state) throw new Error('the page has no state')
  const kernel = createKernel({ origin: server.origin, state })
  using task = watch(kernel, taskContext, { taskId: 5 })
  await task.settled()
  expect(task.states.map(({ data }) => data?.taskDetail.title)).toEqual([hostile])
  expect(server.log).toHaveLength(1)
})

it('a page without it, or with half of it, has none', () => {
  document.body.innerHTML = ''
  expect(readState()).toBeUndefined()
  for (const text of ['{"contexts":[', 'null', '[]', '{"contexts":5}']) {
    document.body.innerHTML = `<script type="application/json" id="other">${text}</script>`
    expect(readState('other')).toBeUndefined()
  }
})
