/** The published page: rendered on the server, the same for everybody. */

import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningBoard, startBoard } from './board.ts'
import { ada, websiteRelaunch } from './people.ts'

let board: RunningBoard
beforeAll(async () => {
  board = await startBoard()
})
afterAll(() => board[Symbol.asyncDispose]())

const page = (slug: string): Promise<Response> => fetch(`${board.url}/p/${slug}/`)

test('the page holds the titles of the tasks without any script', async () => {
  const response = await page('website-relaunch')
  const html = await response.text()
  const member = await board.signedIn(ada)
  const { body } = await member.get('project', { project_id: websiteRelaunch })
  expect(response.headers.get('content-type')).toMatch(/^text\/html/)
  expect(html).toContain('<h1>Website relaunch</h1>')
  expect(html.indexOf('<title>Website relaunch · Northwind')).toBeLessThan(html.indexOf('</head>'))
  expect(html).toContain('<title>Website relaunch · Northwind')
  for (const task of body.project_tasks) expect(html).toContain(`>${task.title}</li>`)
  expect(html).not.toMatch(/<script(?! type="application\/json")/)
})

test('a title cannot bring markup into the page', async () => {
  const member = await board.signedIn(ada)
  const title = '<img src=x onerror=alert(1)></script>'
  await member.call('create_task', { project_id: websiteRelaunch, title })
  const html = await (await page('website-relaunch')).text()
  expect(html).toContain('&lt;img src=x onerror=alert(1)&gt;')
  expect(html).not.toContain('<img')
})

test('what is not published answers like what does not exist', async () => {
  const [hidden, missing] = await Promise.all([
    page('accessibility-audit'),
    page('no-such-project'),
  ])
  expect([hidden.status, missing.status]).toEqual([404, 404])
  expect(await hidden.text()).toBe(await missing.text())
})

test('a page is gone as soon as its project is unpublished', async () => {
  const admin = await board.signedIn(ada)
  expect((await page('design-system')).status).toBe(200)
  await admin.call('publish_project', { project_id: 2, is_public: false })
  expect((await page('design-system')).status).toBe(404)
  expect((await board.visitor().get('public_project', { slug: 'design-system' })).status).toBe(404)
})
