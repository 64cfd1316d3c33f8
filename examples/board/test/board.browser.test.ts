/** The board in Chromium: one edit, and every view of that project follows, and no other. */

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { browser, type BrowserResource, temporaryFolder } from '@mizan/testing/resources'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningBoard, startBoard } from './board.ts'
import { buildPages } from './build-pages.ts'

const pictures = fileURLToPath(new URL('../test-results', import.meta.url))
const resources = new AsyncDisposableStack()
let board: RunningBoard
let chromium: BrowserResource

beforeAll(async () => {
  const pages = resources.use(await temporaryFolder())
  await Promise.all([buildPages(pages.path), mkdir(pictures, { recursive: true })])
  board = resources.use(await startBoard({ pages: pages.path }))
  chromium = resources.use(await browser())
})
afterAll(() => resources.disposeAsync())

/** One request to the API, as `POST call update_task` or `GET ctx/project/?project_id=1`. */
type Log = string[]

interface Tab extends AsyncDisposable {
  readonly page: Page
  /** What the page asked of the API since the log was last emptied. */
  readonly log: Log
}

async function openTab(path: string, person = 'Bela Novak'): Promise<Tab> {
  const context = await chromium.browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
  })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const log: Log = []
  page.on('request', (request) => {
    const path = request.url().split('/api/mizan/')[1]
    if (path === undefined) return
    const body = request.postDataJSON() as { fn?: string } | null // cast: the kernel sends CallBody
    log.push(`${request.method()} ${path}${body?.fn === undefined ? '' : ` ${body.fn}`}`)
  })
  await page.goto(board.url)
  await page.getByRole('button', { name: person }).click()
  await page.getByRole('navigation', { name: 'Workspaces and projects' }).waitFor()
  await page.goto(`${board.url}${path}`)
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
  await page.waitForLoadState('networkidle')
  log.length = 0
  return { page, log, [Symbol.asyncDispose]: () => context.close() }
}

/** The card of a title, in its column. */
const card = (page: Page, title: string) => page.locator('.card').filter({ hasText: title })
const column = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('editing a task updates the other views of its project, with one POST and the contexts it named', async () => {
  await using tab = await openTab('/projects/1')
  const { page, log } = tab
  await page.locator('.card-title').first().click()
  const title = page.getByRole('textbox', { name: 'Title' })
  await title.waitFor()
  await page.waitForLoadState('networkidle')
  const taskId = /tasks\/(\d+)$/.exec(page.url())?.[1]
  const done = Number((await page.getByTestId('stats-done').innerText()).split('/')[0])
  log.length = 0

  await title.fill('Write the words on the front page')
  await title.press('Enter')
  await card(page, 'Write the words on the front page').waitFor()
  await expect
    .poll(() => page.getByTestId('stats-latest').innerText())
    .toContain('Write the words on the front page')
  await page.waitForLoadState('networkidle')
  expect(log[0]).toBe('POST call/ update_task')
  expect(log.slice(1).toSorted()).toEqual([
    'GET ctx/project/?project_id=1',
    `GET ctx/task/?task_id=${taskId}`,
  ])
  log.length = 0

  await page.getByLabel('Status').selectOption('done')
  await column(page, 'Done')
    .locator('.card')
    .filter({ hasText: 'Write the words on the front page' })
    .waitFor()
  await expect
    .poll(() => page.getByTestId('stats-done').innerText())
    .toMatch(new RegExp(`^${done + 1} /`))
  await page.waitForLoadState('networkidle')
  expect(log.toSorted()).toEqual([
    'GET ctx/project/?project_id=1',
    `GET ctx/task/?task_id=${taskId}`,
    'POST call/ update_task',
  ])
  await page.screenshot({ path: `${pictures}/board-task-edited.png` })
})

test('a tab on another project asks for nothing when this one is edited', async () => {
  await using here = await openTab('/projects/2')
  await using there = await openTab('/projects/3')
  await here.page.getByRole('textbox', { name: 'Add a task to To do' }).fill('Only here')
  await here.page.getByRole('textbox', { name: 'Add a task to To do' }).press('Enter')
  await card(here.page, 'Only here').waitFor()
  await here.page.waitForLoadState('networkidle')
  expect(here.log).toEqual(['POST call/ create_task', 'GET ctx/project/?project_id=2'])
  expect(there.log).toEqual([])
})

test('a card is moved by keyboard, and the page says where it went', async () => {
  await using tab = await openTab('/projects/4')
  const { page, log } = tab
  const first = column(page, 'To do').locator('.card-title').first()
  const name = (await first.innerText()).split(',')[0] ?? ''
  const id = await first.getAttribute('id')
  await first.focus()
  await page.keyboard.press('Alt+ArrowRight')
  await page
    .getByRole('status')
    .filter({ hasText: /In progress, 1 of/ })
    .waitFor()
  await column(page, 'In progress').locator(`#${id}`).waitFor()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe(id)
  await page.waitForLoadState('networkidle')
  expect(log).toEqual(['POST call/ move_task', 'GET ctx/project/?project_id=4'])
  await page.reload()
  expect(
    (await column(page, 'In progress').locator('.card-title').first().innerText()).split(',')[0],
  ).toBe(name)
})

test('a card is moved by dragging', async () => {
  await using tab = await openTab('/projects/4')
  const { page } = tab
  const moved = column(page, 'To do').locator('.card').first()
  const id = await moved.getAttribute('data-task')
  await moved.dragTo(column(page, 'In review').locator('.card').nth(1))
  await column(page, 'In review').locator(`#card-${id}`).waitFor()
  expect(await column(page, 'To do').locator(`#card-${id}`).count()).toBe(0)
})

test('a viewer finds nothing to edit with', async () => {
  await using tab = await openTab('/projects/1', 'Lucía Fernández')
  await tab.page.getByText('View only').waitFor()
  await tab.page.locator('.card-title').first().click()
  await tab.page.getByLabel('Status').waitFor()
  expect(await tab.page.getByLabel('Status').isDisabled()).toBe(true)
  expect(await tab.page.getByRole('textbox', { disabled: false }).count()).toBe(0)
})

test('a failed load says so, and loads when asked again', async () => {
  await using tab = await openTab('/')
  const { page } = tab
  await page.route('**/ctx/project/**', (route) => route.abort())
  await page.getByRole('link', { name: 'Website relaunch' }).first().click()
  const retry = page.getByRole('button', { name: 'Try again' })
  await retry.waitFor()
  await page.unroute('**/ctx/project/**')
  await retry.click()
  await page.locator('.card').first().waitFor()
  expect(await retry.count()).toBe(0)
})

test('the board fits a narrow screen', async () => {
  await using tab = await openTab('/projects/1')
  const { page } = tab
  await page.setViewportSize({ width: 380, height: 760 })
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(overflow).toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: 'Navigation' }).click()
  await page.getByRole('link', { name: 'Design system' }).click()
  await page
    .getByRole('heading', { level: 1, name: 'Design system' })
    .or(page.locator('h1 textarea'))
    .waitFor()
  expect(await page.getByRole('button', { name: 'Navigation' }).getAttribute('aria-expanded')).toBe(
    'false',
  )
})

test.each([
  ['Vue', 'vue.html', 'create_task'],
  ['Svelte', 'svelte.html', 'update_task'],
])('the %s page shows a context and follows its mutation', async (name, path, fn) => {
  await using tab = await openTab('/projects/5')
  const { page, log } = tab
  await page.goto(`${board.url}/${path}?project=5`)
  const count = page.getByTestId('count')
  await page.locator('li').first().waitFor()
  await page.waitForLoadState('networkidle')
  const before = Number(await count.innerText())
  log.length = 0
  if (name === 'Vue') {
    await page.getByLabel('Add a task').fill('Added by the Vue page')
    await page.getByLabel('Add a task').press('Enter')
    await expect.poll(() => count.innerText()).toBe(String(before + 1))
    await page.getByText('Added by the Vue page').waitFor()
  } else {
    await page
      .getByRole('button', { name: /as done$/ })
      .first()
      .click()
    await expect.poll(() => count.innerText()).toBe(String(before - 1))
  }
  await page.waitForLoadState('networkidle')
  expect(log).toEqual([`POST call/ ${fn}`, 'GET ctx/project/?project_id=5'])
  await page.screenshot({ path: `${pictures}/${path.replace('.html', '')}.png` })
})

test('the public page is readable without JavaScript', async () => {
  const context = await chromium.browser.newContext({ javaScriptEnabled: false })
  try {
    const page = await context.newPage()
    await page.goto(`${board.url}/p/design-system/`)
    await page.getByRole('heading', { level: 1, name: 'Design system' }).waitFor()
    expect(await page.getByRole('listitem').count()).toBeGreaterThan(80)
    await page.screenshot({ path: `${pictures}/public-page.png` })
  } finally {
    await context.close()
  }
})
