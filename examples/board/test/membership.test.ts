/** Who may see and change what, asked over HTTP. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningBoard, startBoard } from './board.ts'
import { ada, bela, elif, hiro, lucia, patientPortal, websiteRelaunch } from './people.ts'

let board: RunningBoard
beforeAll(async () => {
  board = await startBoard()
})
afterAll(() => board[Symbol.asyncDispose]())

const contexts = [
  ['workspace', { workspace_id: 1 }],
  ['project', { project_id: websiteRelaunch }],
  ['task', { task_id: 1 }],
] as const

test.each(contexts)('a visitor gets no %s', async (context, params) => {
  const { status, body } = await board.visitor().get(context, params)
  expect(status).toBe(401)
  expect(body.error.code).toBe('UNAUTHORIZED')
})

test.each(contexts)(
  'somebody who is not a member learns nothing of a %s',
  async (context, params) => {
    const stranger = await board.signedIn(hiro)
    const foreign = await stranger.get(context, params)
    const [name] = Object.keys(params)
    const missing = await stranger.get(context, { [name ?? '']: 999_999 })
    expect(foreign.status).toBe(404)
    expect(foreign.body.error.message).toBe(missing.body.error.message)
  },
)

test('a member sees the project and its people', async () => {
  const { body } = await (
    await board.signedIn(bela)
  ).get('project', { project_id: websiteRelaunch })
  expect(body.project_detail).toMatchObject({ name: 'Website relaunch', role: 'member' })
  expect(body.project_detail.members).toHaveLength(7)
  expect(body.project_tasks.length).toBe(body.project_stats.total)
})

test('a viewer reads and cannot write', async () => {
  const viewer = await board.signedIn(lucia)
  expect((await viewer.get('project', { project_id: websiteRelaunch })).status).toBe(200)
  const refused = await viewer.call('create_task', {
    project_id: websiteRelaunch,
    title: 'Not mine to add',
  })
  expect(refused.status).toBe(403)
  expect(refused.body.error.code).toBe('FORBIDDEN')
})

test('a task is only reached through its own project', async () => {
  const both = await board.signedIn(elif)
  const { body } = await both.get('project', { project_id: patientPortal })
  const foreign = body.project_tasks[0].id
  const { status } = await both.call('update_task', {
    project_id: websiteRelaunch,
    task_id: foreign,
    changes: { title: 'Moved across' },
  })
  expect(status).toBe(404)
  const task = await both.get('task', { task_id: foreign })
  expect(task.body.task_detail.title).toBe(body.project_tasks[0].title)
})

test('a task cannot be given to somebody outside the workspace', async () => {
  const member = await board.signedIn(bela)
  const { body } = await member.get('project', { project_id: websiteRelaunch })
  const refused = await member.call('update_task', {
    project_id: websiteRelaunch,
    task_id: body.project_tasks[0].id,
    changes: { assigneeId: hiro },
  })
  expect(refused.status).toBe(422)
  expect(refused.body.error.details[0].path).toBe('changes.assigneeId')
})

test('only staff rename a workspace', async () => {
  const rename = { workspace_id: 1, name: 'Northwind' }
  expect((await board.visitor().call('rename_workspace', rename)).status).toBe(401)
  expect((await (await board.signedIn(bela)).call('rename_workspace', rename)).status).toBe(403)
  const done = await (await board.signedIn(ada)).call('rename_workspace', rename)
  expect(done.status).toBe(200)
})

test('an argument of another type is refused before anything runs', async () => {
  const member = await board.signedIn(bela)
  const { status, body } = await member.call('create_task', { project_id: 'five', title: 'Wrong' })
  expect(status).toBe(422)
  expect(body.error.code).toBe('VALIDATION_FAILED')
})

test('a change is read by the next request, and stands in the activity', async () => {
  const member = await board.signedIn(bela)
  const { body } = await member.get('project', { project_id: 3 })
  const taskId = body.project_tasks[0].id
  await member.call('update_task', {
    project_id: 3,
    task_id: taskId,
    changes: { title: 'A title that nothing else has' },
  })
  const after = await member.get('project', { project_id: 3 })
  expect(after.body.project_tasks[0].title).toBe('A title that nothing else has')
  expect(after.body.project_activity[0]).toMatchObject({ kind: 'renamed', actorName: 'Bela Novak' })
})

test('cards keep their order when there is no room left between two', async () => {
  const member = await board.signedIn(bela)
  const column = async (): Promise<number[]> => {
    const { body } = await member.get('project', { project_id: 4 })
    const cards: { id: number; status: string }[] = body.project_tasks
    return cards.filter((card) => card.status === 'todo').map((card) => card.id)
  }
  const [first = 0, second = 0, third = 0] = await column()
  // Each move halves the room in front of the first card's successor: forty leave none.
  for (let move = 0; move < 40; move += 1) {
    const [taskId, beforeTaskId] = move % 2 === 0 ? [third, second] : [second, third]
    const { status } = await member.call('move_task', {
      project_id: 4,
      task_id: taskId,
      status: 'todo',
      before_task_id: beforeTaskId,
    })
    expect(status).toBe(200)
  }
  expect((await column()).slice(0, 3)).toEqual([first, second, third])
})
