import { describe, expect, it } from 'vitest'

import {
  addComment,
  archiveAll,
  globalContext,
  searchContext,
  signInAs,
  taskContext,
  updateTask,
} from '../test/board-client.ts'
import { boardServer } from '../test/board-server.ts'
import { watch } from '../test/until.ts'
import { createKernel } from './kernel.ts'

describe('a call that names targets', () => {
  it('is one POST, then only the mounted contexts that they reach', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using five = watch(kernel, taskContext, { taskId: 5 })
    using german = watch(kernel, taskContext, { taskId: 5, locale: 'de' })
    using six = watch(kernel, taskContext, { taskId: 6 })
    using global = watch(kernel, globalContext, {})
    await Promise.all([five, german, six, global].map((watched) => watched.settled()))
    server.log.length = 0

    await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    expect(five.states.at(-1)?.isStale).toBe(true)
    await Promise.all([five.settled(), german.settled()])

    expect(server.log[0]).toBe('POST update_task')
    expect(server.log.slice(1).toSorted()).toEqual([
      'GET task?locale=de&task_id=5',
      'GET task?task_id=5',
    ])
    expect(five.states.at(-1)?.data?.taskDetail.title).toBe('Changed')
    expect(german.states.at(-1)?.data?.taskDetail.title).toBe('Changed (de)')
    expect(six.states).toHaveLength(2)
    expect(global.states).toHaveLength(2)
  })

  it('drops instances that nobody watches, without asking for them', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    await kernel.load(taskContext, { taskId: 5 })
    await kernel.load(taskContext, { taskId: 6 })
    await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    expect(kernel.read(taskContext, { taskId: 5 }).status).toBe('idle')
    expect(kernel.read(taskContext, { taskId: 6 }).status).toBe('success')
    expect(server.log.at(-1)).toBe('POST update_task')
  })

  it('is listened to also when its answer is an error', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    await expect(kernel.call(archiveAll, {})).rejects.toMatchObject({ code: 'INTERNAL', id: 'e1' })
    expect((await task.settled()).data?.taskDetail.title).toBe('Archived 5')
  })

  it('asks once for an instance that several targets reach', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    server.log.length = 0
    kernel.invalidate(['task', { context: 'task', params: { task_id: 5 } }, 'global'])
    await task.settled()
    expect(server.log).toEqual(['GET task?task_id=5'])
  })

  it('ignores what is not a target', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    server.answer('POST update_task', 200, '{"result":null,"invalidate":[null,7,{"params":{}}]}')
    await kernel.call(updateTask, { taskId: 5 })
    server.answer('POST update_task', 200, '{"result":null,"invalidate":"task"}')
    await kernel.call(updateTask, { taskId: 5 })
    expect(server.log).toEqual(['GET task?task_id=5', 'POST update_task', 'POST update_task'])
  })

  it('reaches a param that may be null by its plain value', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using search = watch(kernel, searchContext, { text: 'a' })
    await search.settled()
    kernel.invalidate([{ context: 'search', params: { text: 'b' } }])
    expect(search.states.at(-1)?.isStale).toBe(false)
    kernel.invalidate([{ context: 'search', params: { text: 'a' } }])
    expect(search.states.at(-1)?.isStale).toBe(true)
    await search.settled()
  })
})

describe('a new bundle', () => {
  it('keeps the identity of members and parts that did not change', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    const { data: before } = await task.settled()
    await kernel.call(updateTask, { taskId: 5, title: 'Changed' })
    const { data: after } = await task.settled()
    expect(after).not.toBe(before)
    expect(after?.taskComments).toBe(before?.taskComments)
    expect(after?.taskDetail.title).toBe('Changed')
    expect(after?.taskDetail.labels).toBe(before?.taskDetail.labels)
  })

  it('that is equal is the old one', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    const { data: before } = await task.settled()
    const stored = server.tasks.get(5)
    // The same content with other keys first, so that the tag does not match.
    const { comments, ...detail } = stored!
    server.answer('GET task', 200, JSON.stringify({ task_detail: detail, task_comments: comments }))
    kernel.invalidate(['task'])
    expect((await task.settled()).data).toBe(before)
  })
})

describe('a function target', () => {
  it('changes only its member, and a later answer without changes shows the others', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    const { data: before } = await task.settled()
    // Somebody else renames the task; this client only hears of its own comment.
    server.tasks.get(5)!.title = 'Renamed elsewhere'
    await kernel.call(addComment, { taskId: 5, text: 'Second' })

    expect(kernel.readMember(taskContext, { taskId: 5 }, 'taskComments').isStale).toBe(true)
    expect(kernel.readMember(taskContext, { taskId: 5 }, 'taskDetail').isStale).toBe(false)
    const { data: after } = await task.settled()
    expect(after?.taskComments).toEqual(['First', 'Second'])
    expect(after?.taskDetail).toBe(before?.taskDetail)

    const { taskDetail } = await kernel.refetch(taskContext, { taskId: 5 })
    expect(taskDetail.title).toBe('Renamed elsewhere')
  })

  it('of a function that the client does not know changes all members', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    server.tasks.get(5)!.title = 'Changed'
    kernel.invalidate([{ context: 'task', function: 'task_history' }])
    expect((await task.settled()).data?.taskDetail.title).toBe('Changed')
  })

  it('whose answer took the data away shows all members when they come back', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    const { data } = await task.settled()
    server.answer('GET task', 403, '{"error":{"code":"FORBIDDEN","message":"No"}}')
    kernel.invalidate([{ context: 'task', function: 'task_comments' }])
    await task.until(({ status }) => status === 'error')
    kernel.invalidate([{ context: 'task', function: 'task_comments' }])
    expect((await task.until(({ status }) => status === 'success')).data).toEqual(data)
  })

  it('beside a broad target changes all members', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    using task = watch(kernel, taskContext, { taskId: 5 })
    await task.settled()
    server.tasks.get(5)!.title = 'Changed'
    kernel.invalidate([{ context: 'task', function: 'task_comments' }, 'task'])
    expect((await task.settled()).data?.taskDetail.title).toBe('Changed')
  })
})

describe('a call that signs somebody in', () => {
  it('takes away what the kernel holds, because it was for who asked before', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    await kernel.load(taskContext, { taskId: 6 })
    using five = watch(kernel, taskContext, { taskId: 5 })
    using global = watch(kernel, globalContext, {})
    await Promise.all([five.settled(), global.settled()])
    server.log.length = 0

    await kernel.call(signInAs, { name: 'Grace' })
    expect(five.states.at(-1)?.data).toBeUndefined()
    await Promise.all([five.settled(), global.settled()])

    expect(server.log.toSorted()).toEqual(['GET global', 'GET task?task_id=5', 'POST sign_in_as'])
    expect(global.states.at(-1)?.data?.currentUser).toEqual({ name: 'Grace' })
    expect(kernel.read(taskContext, { taskId: 6 }).status).toBe('idle')
  })
})
