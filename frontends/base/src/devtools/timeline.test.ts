import { createKernel, type Kernel } from '@mizan/base'
import { describe, expect, it } from 'vitest'

import {
  addComment,
  archiveAll,
  globalContext,
  signInAs,
  taskContext,
  updateTask,
} from '../../test/board-client.ts'
import { boardServer } from '../../test/board-server.ts'
import { watch } from '../../test/until.ts'
import { singleFlight } from '../layers/single-flight.ts'
import { retry } from '../layers/retry.ts'
import { change, optimistic } from '../layers/optimistic.ts'
import { observeMember } from '../observe.ts'
import type { KernelLayer } from '../transport.ts'
import { type Devtools, devtools, devtoolsOf } from './devtools.ts'
import { explain } from './timeline.ts'

function watched(origin: string, ...layers: KernelLayer[]): { kernel: Kernel; tools: Devtools } {
  const kernel = createKernel({ origin }, ...layers, devtools())
  return { kernel, tools: devtoolsOf(kernel) }
}

/** Why each read was made, the oldest first. */
function reasons(tools: Devtools): string[] {
  const all = tools.timeline()
  return all
    .filter(({ kind }) => kind === 'read' || kind === 'push')
    .map((entry) => explain(entry, all).join(' → '))
}

const five = { taskId: 5 }

describe('the timeline says why an instance was asked for', () => {
  it('because it is shown first, and again after it was left', async () => {
    await using server = await boardServer()
    const { kernel, tools } = watched(server.origin)
    const first = watch(kernel, taskContext, five)
    await first.settled()
    const shown = 'a component shows it, and there was nothing up to date → read task?task_id=5'
    expect(reasons(tools)).toEqual([`${shown} → changed taskDetail, taskComments → rendered * ×1`])
    first[Symbol.dispose]()
    await new Promise((resolve) => setImmediate(resolve))
    using second = watch(kernel, taskContext, five)
    await second.settled()
    expect(reasons(tools)[1]).toMatch(`${shown} → nothing changed`)
  })

  it('a call reached it: the call, its targets, the instance, who was told', async () => {
    await using server = await boardServer()
    const { kernel, tools } = watched(server.origin)
    using task = watch(kernel, taskContext, five)
    const comments = observeMember(kernel, taskContext, five, 'taskComments')
    const leave = comments.subscribe(() => undefined)
    await task.settled()
    tools.forgetTimeline()
    await kernel.call(addComment, { taskId: 5, text: 'Second' })
    await task.settled()
    expect(reasons(tools)).toEqual([
      [
        'call add_comment → targets task.task_comments;task_id=5',
        'read task?task_id=5 → changed taskComments → rendered * ×1, taskComments ×1',
      ].join(' → '),
    ])
    expect(tools.timeline()[0]).toMatchObject({
      kind: 'call',
      args: '{"taskId":5,"text":"Second"}',
      status: 200,
      reached: ['task?task_id=5'],
    })
    leave()
  })

  it('a member that did not change is not told', async () => {
    await using server = await boardServer()
    const { kernel, tools } = watched(server.origin)
    const detail = observeMember(kernel, taskContext, five, 'taskDetail')
    let told = 0
    const leave = detail.subscribe(() => told++)
    await detail.load()
    tools.forgetTimeline()
    await kernel.call(addComment, { taskId: 5, text: 'Second' })
    await kernel.load(taskContext, five)
    expect(told).toBeGreaterThan(0)
    expect(reasons(tools)[0]).toMatch(/changed taskComments → nothing rendered$/)
    leave()
  })

  it('a call that failed after a commit, and one that signed somebody in', async () => {
    await using server = await boardServer()
    const { kernel, tools } = watched(server.origin)
    using task = watch(kernel, taskContext, five)
    await task.settled()
    await kernel.call(archiveAll, {}).catch(() => undefined)
    await task.settled()
    await kernel.call(signInAs, { name: 'Bea' })
    await task.settled()
    expect(reasons(tools).slice(1)).toEqual([
      expect.stringMatching(/^call archive_all → targets task → read task\?task_id=5 → changed/),
      expect.stringMatching(/^call sign_in_as → all data was forgotten → read task\?task_id=5/),
    ])
    expect(tools.timeline().find((entry) => entry.kind === 'call')).toMatchObject({
      error: 'INTERNAL',
      status: 500,
    })
  })

  it('the page asked: load, refetch, invalidate, clear', async () => {
    await using server = await boardServer()
    const { kernel, tools } = watched(server.origin)
    await kernel.load(taskContext, five)
    await kernel.load(taskContext, five)
    await kernel.refetch(taskContext, five)
    using task = watch(kernel, taskContext, five)
    await task.settled()
    kernel.invalidate(['task'])
    await task.settled()
    kernel.invalidate(['task'], { from: 'tabs' })
    await task.settled()
    kernel.clear()
    await task.settled()
    tools.invalidate('task?task_id=5')
    await task.settled()
    expect(reasons(tools).map((line) => line.split(' → read')[0])).toEqual([
      'the page loaded it',
      'the page asked for it anew',
      'told by the page → targets task',
      'told by tabs → targets task',
      'told by the page → all data was forgotten',
      'told by developer tools → targets task?task_id=5',
    ])
  })

  it('each attempt of a retry is a line', async () => {
    await using server = await boardServer()
    const { kernel, tools } = watched(server.origin, retry({ delay: () => 0 }))
    server.answer('GET task', 503, '')
    await kernel.load(taskContext, five)
    expect(reasons(tools).map((line) => line.split(' → ')[0])).toEqual([
      'the page loaded it',
      'the request before it failed',
    ])
    expect(tools.timeline()[0]).toMatchObject({ kind: 'read', error: 'HTTP_503' })
  })

  it('who left gave it up', async () => {
    await using server = await boardServer()
    const { kernel, tools } = watched(server.origin)
    const hold = server.hold('GET task')
    const task = watch(kernel, taskContext, five)
    await hold.arrived
    task[Symbol.dispose]()
    await hold.abandoned
    expect(tools.timeline()).toMatchObject([{ kind: 'read', isAborted: true }])
  })
})

it('what a call brings along is no request, and what it is guessed to do is told at once', async () => {
  await using server = await boardServer()
  const guess = change(updateTask, taskContext, (draft, { title = '' }) => {
    draft.taskDetail.title = title
  })
  const { kernel, tools } = watched(server.origin, optimistic(guess), singleFlight())
  using task = watch(kernel, taskContext, five)
  await task.settled()
  tools.forgetTimeline()
  const detail = { id: 5, title: 'Changed', labels: [], dueAt: '2026-05-01T00:00:00.000Z' }
  const part = {
    context: 'task',
    params: { task_id: 5 },
    data: { task_detail: detail, task_comments: [] },
  }
  server.answer('POST update_task', 200, JSON.stringify({ result: null, refreshed: [part] }))
  await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
  expect(tools.timeline().map(({ kind }) => kind)).toEqual(['call', 'push'])
  const [called, pushed] = tools.timeline()
  expect(called?.kind === 'call' && [...called.told]).toEqual([['*', 1]])
  expect(pushed).toMatchObject({ by: called?.id, changed: ['taskDetail', 'taskComments'] })
})

it('instances are listed with who shows them, and without a network nothing leaves', async () => {
  await using server = await boardServer()
  const { kernel, tools } = watched(server.origin)
  using task = watch(kernel, taskContext, five)
  await task.settled()
  expect(tools.instances()).toMatchObject([
    { label: 'task?task_id=5', state: { status: 'success' } },
  ])
  expect([...(tools.instances()[0]?.watchers ?? [])]).toEqual([['*', 1]])
  tools.setOffline(true)
  await expect(kernel.load(globalContext, {})).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  tools.setOffline(false)
  await kernel.load(globalContext, {})
  expect(server.log).toEqual(['GET task?task_id=5', 'GET global'])
})

it('the timeline keeps the newest lines, and tells of many changes once', async () => {
  await using server = await boardServer()
  const kernel = createKernel({ origin: server.origin }, devtools({ keep: 3 }))
  const tools = devtoolsOf(kernel)
  let told = 0
  const leave = tools.subscribe(() => told++)
  for (let n = 0; n < 9; n++) kernel.invalidate([`context${n}`])
  await Promise.resolve()
  expect(told).toBe(1)
  expect(tools.timeline().map(({ id }) => id)).toEqual([7, 8, 9])
  leave()
})

it('a kernel without the layer says which one is missing', () => {
  expect(() => devtoolsOf(createKernel())).toThrow('devtools()')
})
