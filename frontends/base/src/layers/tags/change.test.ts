import { describe, expect, it } from 'vitest'

import { taskContext } from '../../../test/board-client.ts'
import type { InstanceStore } from '../../instance-store.ts'
import type { Instance } from '../../instance.ts'
import { createKernel } from '../../kernel.ts'
import type { KernelLayer } from '../../transport.ts'
import { changeOf, reachOf } from './change.ts'

const one = 'a'.repeat(32)
const other = 'b'.repeat(32)

/** Instances of task 5 and 6 as a page brought them, read from these tags. */
function instances(...tags: readonly (readonly string[] | undefined)[]): Instance<unknown>[] {
  let store: Pick<InstanceStore, 'instances'> | undefined
  const holder: KernelLayer = (request, next) => next(request)
  holder.attach = (_kernel, given) => {
    store = given
  }
  const data = { task_detail: { dueAt: '2026-05-01T00:00:00.000Z' }, task_comments: [] }
  const contexts = tags.map((list, index) => ({
    key: `0123456789abcdef/task?task_id=${5 + index}`,
    context: 'task',
    data,
    fetchedAt: 1,
    ...(list && { tags: list }),
  }))
  const kernel = createKernel({ state: { contexts } }, holder)
  for (const index of tags.keys()) kernel.read(taskContext, { taskId: 5 + index })
  return store?.instances() ?? []
}

function idsOf(some: Iterable<Instance<unknown>> = []): unknown[] {
  return [...some].map(({ address }) => address.wire['task_id'])
}

describe('of a change', () => {
  it('nothing is known to be spared where nobody observes writes', () => {
    const reach = reachOf({ invalidate: ['task'] }, instances([one], [other]))
    expect([reach.invalidate, idsOf(reach.fresh)]).toEqual([['task'], []])
  })

  it('a context that was only seen to read spares what was read from other data', () => {
    const reach = reachOf({ invalidate: ['task'], changed: [one] }, instances([one], [other], []))
    expect(idsOf(reach.fresh)).toEqual([6])
  })

  it('a context that somebody named spares nothing, nor does a target with params or a function', () => {
    const all = instances([other], [other])
    const named = { invalidate: ['task'], changed: [one], exact: ['task'] }
    expect(idsOf(reachOf(named, all).fresh)).toEqual([])
    const scoped = [{ context: 'task', params: { task_id: 5 } }]
    expect(idsOf(reachOf({ invalidate: scoped, changed: [one] }, all).fresh)).toEqual([6])
    const member = [{ context: 'task', function: 'task_comments' }]
    expect(idsOf(reachOf({ invalidate: member, changed: [one] }, all).fresh)).toEqual([])
  })

  it('an instance that only its tags reach is named as well', () => {
    const { invalidate } = reachOf({ invalidate: ['user'], changed: [one] }, instances([one]))
    expect(invalidate).toEqual(['user', { context: 'task', params: { task_id: '5' } }])
  })

  it('what was read from nobody knows where is reached by every write', () => {
    const reach = reachOf({ invalidate: ['task'], changed: [one] }, instances(['*'], [other]))
    expect(idsOf(reach.fresh)).toEqual([6])
  })
})

it('the header tells which targets are exact, whatever their params and functions, or when they are too many', () => {
  const headers = new Headers({
    'x-mizan-changed': `${one}, ${other}`,
    'x-mizan-invalidate': 'task.task_detail;task_id=5, user;user_id=a%2Cb, news',
  })
  expect(changeOf({ status: 200, invalidate: ['task'], headers })).toEqual({
    invalidate: ['task'],
    changed: [one, other],
    exact: ['task', 'user', 'news'],
  })
  expect(changeOf({ status: 200, invalidate: ['task'], headers: new Headers() })).toEqual({
    invalidate: ['task'],
  })
})
