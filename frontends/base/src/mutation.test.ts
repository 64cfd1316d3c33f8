import { describe, expect, it } from 'vitest'

import { archiveAll, updateTask } from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { createKernel } from './kernel.ts'
import { createMutation, type Mutation, type MutationState } from './mutation.ts'

function record<Args, Result>(mutation: Mutation<Args, Result>): MutationState[] {
  const states: MutationState[] = []
  mutation.subscribe(() => states.push(mutation.read()))
  return states
}

describe('a mutation', () => {
  it('is pending until the last of its overlapping calls is answered', async () => {
    await using server = await boardServer()
    const mutation = createMutation(createKernel({ origin: server.origin }), updateTask)
    const states = record(mutation)
    const first = server.hold('POST update_task')
    const one = mutation.mutateAsync({ taskId: 5 })
    await first.arrived
    const second = server.hold('POST update_task')
    const two = mutation.mutateAsync({ taskId: 6 })
    await second.arrived
    second.release()
    await two
    expect(mutation.read().isPending).toBe(true)
    first.release()
    await one
    expect(mutation.read().isPending).toBe(false)
    expect(states.map(({ isPending }) => isPending)).toEqual([true, false])
  })

  it('shows the error of the call that was made last, whatever came in last', async () => {
    await using server = await boardServer()
    const mutation = createMutation(createKernel({ origin: server.origin }), updateTask)
    const hold = server.hold('POST update_task')
    const failing = mutation.mutateAsync({ taskId: 5, title: '' })
    await hold.arrived
    await mutation.mutateAsync({ taskId: 5, title: 'Good' })
    hold.release()
    await expect(failing).rejects.toMatchObject({ code: 'VALIDATION_FAILED' })
    expect(mutation.read()).toEqual({ isPending: false, error: undefined })
    await expect(mutation.mutateAsync({ taskId: 7 })).rejects.toThrow('no such task')
    expect(mutation.read().error).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('never rejects when nobody awaits it, and a next call takes its error back', async () => {
    await using server = await boardServer()
    const mutation = createMutation(createKernel({ origin: server.origin }), updateTask)
    const failed = new Promise<MutationState>((resolve) => {
      mutation.subscribe(() => mutation.read().error && resolve(mutation.read()))
    })
    expect(mutation.mutate({ taskId: 5, title: '' })).toBeUndefined()
    expect((await failed).error).toMatchObject({ code: 'VALIDATION_FAILED' })
    const next = mutation.mutateAsync({ taskId: 5, title: 'Good' })
    expect(mutation.read()).toEqual({ isPending: true, error: undefined })
    await next
  })

  it('shows a failure before the request as an error too', async () => {
    const mutation = createMutation(createKernel(), updateTask)
    const never = new Date(Number.NaN)
    await expect(mutation.mutateAsync({ taskId: 5, dueAt: never })).rejects.toThrow(RangeError)
    expect(mutation.read().error).toMatchObject({ code: 'INTERNAL' })
  })

  it('forgets its error on reset, also that of a call on its way', async () => {
    await using server = await boardServer()
    const mutation = createMutation(createKernel({ origin: server.origin }), archiveAll)
    await expect(mutation.mutateAsync()).rejects.toThrow('after a commit')
    mutation.reset()
    expect(mutation.read().error).toBeUndefined()
    const hold = server.hold('POST archive_all')
    const called = mutation.mutateAsync()
    await hold.arrived
    mutation.reset()
    expect(mutation.read().isPending).toBe(true)
    hold.release()
    await expect(called).rejects.toThrow('after a commit')
    expect(mutation.read()).toEqual({ isPending: false, error: undefined })
  })
})
