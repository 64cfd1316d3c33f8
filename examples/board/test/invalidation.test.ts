/** For every mutation: exactly what it changed is named, nothing is missed, and nothing is named needlessly. */

import { formatInvalidate, parseInvalidate, type Target } from '@mizan/protocol'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningBoard, startBoard, type Visitor } from './board.ts'
import { ada } from './people.ts'

let board: RunningBoard
let admin: Visitor
beforeAll(async () => {
  board = await startBoard()
  admin = await board.signedIn(ada)
})
afterAll(() => board[Symbol.asyncDispose]())

/** Ada's admin of workspace 1; 1 is published, 3 is not. */
const open = { id: 1, slug: 'website-relaunch' }
const hidden = { id: 3 }

const global = 'global'
const workspace = { context: 'workspace', params: { workspace_id: 1 } }
const page = { context: 'public_project', params: { slug: open.slug } }
const project = (id: number) => ({ context: 'project', params: { project_id: id } })
const task = (id: number) => ({ context: 'task', params: { task_id: id } })

/** A task of the project that is in this column. */
async function taskOf(projectId: number, status: string): Promise<number> {
  const { body } = await admin.get('project', { project_id: projectId })
  return body.project_tasks.find((one: { status: string }) => one.status === status).id
}

async function named(
  fn: string,
  args: Readonly<Record<string, unknown>>,
): Promise<readonly Target[]> {
  const { status, headers } = await admin.call(fn, args)
  expect(status).toBe(200)
  return targetsOf(headers)
}

/** What the function named. Clients that compare no data tags are told more, in the body. */
function targetsOf(headers: Headers): readonly Target[] {
  return parseInvalidate(headers.get('x-mizan-invalidate') ?? '')
}

/** The same targets, in any order, each once. */
function sorted(targets: readonly (string | Target)[]): string[] {
  return targets
    .map((target) => formatInvalidate([typeof target === 'string' ? { context: target } : target]))
    .toSorted()
}

test.each<[string, Readonly<Record<string, unknown>>, Target[]]>([
  ['a title: the public page shows it', { title: 'A new title' }, [page]],
  ['to another column: so does the public page', { status: 'doing' }, [page]],
  ['to done: the workspace counts it too', { status: 'done' }, [page, workspace]],
  ['out of done: likewise', { status: 'todo' }, [page, workspace]],
  ['a priority: only the project', { priority: 'urgent' }, []],
  ['an assignee: only the project', { assigneeId: ada }, []],
  ['a date: only the project', { dueOn: '2026-12-24' }, []],
  ['a description: only the project', { body: 'In other words' }, []],
])('updateTask, %s', async (_what, changes, more) => {
  const taskId = await taskOf(open.id, changes['status'] === 'todo' ? 'done' : 'review')
  const targets = await named('update_task', { project_id: open.id, task_id: taskId, changes })
  expect(sorted(targets)).toEqual(sorted([project(open.id), task(taskId), ...more]))
})

test('moveTask within a column: the public page has the same order', async () => {
  const taskId = await taskOf(open.id, 'todo')
  const move = { project_id: open.id, task_id: taskId, status: 'todo', before_task_id: null }
  expect(sorted(await named('move_task', move))).toEqual(
    sorted([project(open.id), task(taskId), page]),
  )
})

test('moveTask to done', async () => {
  const taskId = await taskOf(hidden.id, 'todo')
  const move = { project_id: hidden.id, task_id: taskId, status: 'done', before_task_id: null }
  expect(sorted(await named('move_task', move))).toEqual(
    sorted([project(hidden.id), task(taskId), workspace]),
  )
})

test('createTask and deleteTask: one more, one less', async () => {
  const created = await admin.call('create_task', { project_id: open.id, title: 'For a moment' })
  expect(sorted(targetsOf(created.headers))).toEqual(sorted([project(open.id), workspace, page]))
  const id = created.body.result.id
  expect(sorted(await named('delete_task', { project_id: open.id, task_id: id }))).toEqual(
    sorted([project(open.id), task(id), workspace, page]),
  )
})

test('addComment: the project counts it, nothing outside does', async () => {
  const taskId = await taskOf(open.id, 'todo')
  const comment = { project_id: open.id, task_id: taskId, body: 'Well said' }
  expect(sorted(await named('add_comment', comment))).toEqual(
    sorted([project(open.id), task(taskId)]),
  )
})

test('renameProject: wherever its name stands', async () => {
  expect(
    sorted(await named('rename_project', { project_id: open.id, name: 'Site relaunch' })),
  ).toEqual(sorted([project(open.id), global, workspace, page]))
  expect(
    sorted(await named('rename_project', { project_id: hidden.id, name: 'Quiet work' })),
  ).toEqual(sorted([project(hidden.id), global, workspace]))
})

test('publishProject: the page appears and disappears', async () => {
  for (const isPublic of [false, true]) {
    const targets = await named('publish_project', { project_id: open.id, is_public: isPublic })
    expect(sorted(targets)).toEqual(sorted([project(open.id), workspace, page]))
  }
})

test('renameWorkspace: its projects and their public pages say its name', async () => {
  const targets = await named('rename_workspace', { workspace_id: 1, name: 'Northwind' })
  const projects = [1, 2, 3, 4, 5, 6, 7, 8].map((id) => project(id))
  const second = { context: 'public_project', params: { slug: 'design-system' } }
  expect(sorted(targets)).toEqual(sorted([global, workspace, ...projects, page, second]))
})

test('signing in and out makes nothing stale for anybody else', async () => {
  const somebody = board.visitor()
  for (const [fn, args] of [
    ['sign_in', { person_id: ada }],
    ['sign_out', {}],
  ] as const) {
    const { body, headers } = await somebody.call(fn, args)
    expect(body.invalidate).toBeUndefined()
    expect(headers.get('x-mizan-session')).toBe('changed')
  }
})
