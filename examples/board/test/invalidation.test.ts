/** For every mutation: what it changed is made stale though nobody names it, and what else is made stale. */

import type { Target } from '@mizan/protocol'
import { type Caller, createCaller, nothingKept, recordInvalidations } from '@mizan/testing'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type RunningBoard, startBoard } from './board.ts'
import { ada as adaId, elif } from './people.ts'

let board: RunningBoard
let recorder: ReturnType<typeof recordInvalidations>
let ada: Caller

/** Ada may change both. */
const open = { project: 1, slug: 'website-relaunch' }
const hidden = { project: 3 }

beforeAll(async () => {
  board = await startBoard({ cacheStore: nothingKept })
  recorder = recordInvalidations(board.server.app)
  ada = createCaller(recorder.app)
  await ada.call('sign_in', { person_id: adaId })
})
afterAll(() => board[Symbol.asyncDispose]())

/** What stands in open pages: whatever a test makes disappear is there for the next. */
beforeEach(async () => {
  await ada.fetchContext('global')
  await ada.fetchContext('directory')
  for (const id of [1, 2]) await ada.fetchContext('workspace', { workspace_id: id })
  for (const id of [open.project, 2, hidden.project])
    await ada.fetchContext('project', { project_id: id })
  for (const slug of [open.slug, 'design-system'])
    await ada.fetchContext('public_project', { slug })
})

const global = 'global'
const project = (id: number): string => `project ${id}`
const task = (id: number): string => `task ${id}`
const page = `public_project ${open.slug}`

/** Two tasks of a project in a column, and both are open in a page. */
async function tasksOf(projectId: number, status: string): Promise<[own: number, other: number]> {
  const { project_tasks: cards } = await ada.fetchContext('project', { project_id: projectId })
  // cast: the member's result
  const [own, other] = (cards as { id: number; status: string }[]).filter(
    (card) => card.status === status,
  )
  if (own === undefined || other === undefined)
    throw new RangeError(`no two tasks of ${projectId} are ${status}`)
  for (const { id } of [own, other]) await ada.fetchContext('task', { task_id: id })
  return [own.id, other.id]
}

interface Stale {
  readonly changed: readonly string[]
  readonly needless: readonly string[]
}

/** What a call changed, all of which it told of, and what it told of for nothing. */
async function stale(fn: string, args: Readonly<Record<string, unknown>>): Promise<Stale> {
  await ada.call(fn, args)
  const call = recorder.calls.at(-1)
  expect(call).toMatchObject({ fn, missed: [] })
  const { changed = [], needless = [] } = call ?? {}
  return { changed: changed.map(describe).toSorted(), needless: needless.map(describe).toSorted() }
}

function describe({ context, params = {} }: Target): string {
  return [context, ...Object.values(params).map(String)].join(' ')
}

const exactly = (changed: readonly string[], needless: readonly string[] = []): Stale => ({
  changed: changed.toSorted(),
  needless: needless.toSorted(),
})

/*
 * A row that changes makes stale what read it, whichever of its columns: a workspace counts the tasks of its projects again, and a
 * public page is read again for fields that it does not show.
 */
test.each<[string, Readonly<Record<string, unknown>>, boolean, boolean]>([
  ['a title: the public page shows it', { title: 'A new title' }, true, false],
  ['to another column: so does the public page', { status: 'doing' }, true, false],
  ['to done: the workspace counts it too', { status: 'done' }, true, true],
  ['out of done: likewise', { status: 'todo' }, true, true],
  ['a priority', { priority: 'urgent' }, false, false],
  ['an assignee', { assigneeId: elif }, false, false],
  ['a date', { dueOn: '2026-12-24' }, false, false],
  ['a description', { body: 'In other words' }, false, false],
])('updateTask, %s', async (_what, changes, onPage, inCounts) => {
  const [own] = await tasksOf(open.project, changes['status'] === 'todo' ? 'done' : 'review')
  const args = { project_id: open.project, task_id: own, changes }
  // None of which is what it is changed to.
  const others = { priority: 'low', assigneeId: adaId }
  await ada.call('update_task', { ...args, changes: others })
  expect(await stale('update_task', args)).toEqual(
    exactly(
      [
        project(open.project),
        task(own),
        ...(onPage ? [page] : []),
        ...(inCounts ? ['workspace 1'] : []),
      ],
      [...(onPage ? [] : [page]), ...(inCounts ? [] : ['workspace 1'])],
    ),
  )
})

test('moveTask within a column: the public page has the same order', async () => {
  const [own] = await tasksOf(open.project, 'todo')
  const place = { status: 'todo', before_task_id: null }
  const move = { project_id: open.project, task_id: own, ...place }
  expect(await stale('move_task', move)).toEqual(
    exactly([project(open.project), task(own), page], ['workspace 1']),
  )
})

test('createTask and deleteTask: one more, one less', async () => {
  const args = { project_id: open.project, title: 'For a moment' }
  const changed = [project(open.project), 'workspace 1', page]
  expect(await stale('create_task', args)).toEqual(exactly(changed))
  const { project_tasks: cards } = await ada.fetchContext('project', { project_id: open.project })
  // cast: the member's result
  const made = (cards as { id: number; title: string }[]).find(({ title }) => title === args.title)
  const gone = { project_id: open.project, task_id: made?.id }
  expect(await stale('delete_task', gone)).toMatchObject({ changed: changed.toSorted() })
})

test('addComment: the task shows it, and its project counts it', async () => {
  const [own, other] = await tasksOf(hidden.project, 'todo')
  const comment = { project_id: hidden.project, task_id: own, body: 'Well said' }
  const { changed, needless } = await stale('add_comment', comment)
  expect(changed).toEqual([project(hidden.project), task(own)].toSorted())
  // Cards count their comments: a hundred keys are more than a header takes, which says "any comment" then.
  expect(needless).toEqual([project(open.project), project(2)])
  expect([...changed, ...needless]).not.toContain(task(other))
})

test('attachFile: the task lists it, its project tells of it', async () => {
  const [own] = await tasksOf(hidden.project, 'todo')
  const body = new FormData()
  body.set('args', JSON.stringify({ project_id: hidden.project, task_id: own, file: null }))
  body.set('/file', new File(['Do it'], 'plan.txt', { type: 'text/plain' }))
  const { base, artifact } = board.server.app
  const headers = { 'x-mizan-artifact': artifact.digest }
  const answer = await ada.fetch(`${base}/call/attach_file/`, { method: 'POST', headers, body })
  expect(answer.status).toBe(200)
  const call = recorder.calls.at(-1)
  expect(call).toMatchObject({ fn: 'attach_file', missed: [], needless: [] })
  expect(call?.changed.map(describe).toSorted()).toEqual(
    [project(hidden.project), task(own)].toSorted(),
  )
})

test('renameProject: wherever its name stands', async () => {
  const args = { project_id: open.project, name: 'Site relaunch' }
  expect((await stale('rename_project', args)).changed).toEqual(
    [global, project(open.project), page, 'workspace 1'].toSorted(),
  )
  const quiet = await stale('rename_project', { project_id: hidden.project, name: 'Quiet work' })
  expect(quiet.changed).toEqual([global, project(hidden.project), 'workspace 1'].toSorted())
  // Neither the pages nor the projects beside it.
  const others = [page, project(open.project), project(2), 'workspace 2']
  expect(others.filter((one) => quiet.needless.includes(one))).toEqual([])
})

test('renameWorkspace: its projects and their public pages say its name', async () => {
  const { changed } = await stale('rename_workspace', { workspace_id: 1, name: 'Southwind' })
  const projects = [open.project, 2, hidden.project].map(project)
  const pages = [page, 'public_project design-system']
  expect(changed).toEqual([global, 'workspace 1', ...projects, ...pages].toSorted())
})

test('publishProject: the page disappears and is there again', async () => {
  const args = { project_id: open.project }
  const closed = await stale('publish_project', { ...args, is_public: false })
  expect(closed.changed).toEqual([project(open.project), page, 'workspace 1'].toSorted())
  const opened = await stale('publish_project', { ...args, is_public: true })
  expect(opened.changed).toEqual([project(open.project), 'workspace 1'].toSorted())
})

test('signing in and out makes nothing stale for anybody else', async () => {
  const somebody = createCaller(recorder.app)
  for (const [fn, args] of [
    ['sign_in', { person_id: adaId }],
    ['sign_out', {}],
  ] as const) {
    await somebody.call(fn, args)
    expect(recorder.calls.at(-1)).toEqual({ fn, changed: [], missed: [], needless: [] })
  }
})
