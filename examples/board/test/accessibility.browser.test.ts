/** The board for those who hear it, use no mouse, or need contrast: axe on every main screen, and what axe cannot see. */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { type BoardInBrowser, soon, startBoardInBrowser } from './board-in-browser.ts'
import { ada, bela, lucia } from './people.ts'

let board: BoardInBrowser
beforeAll(async () => {
  board = await startBoardInBrowser()
})
afterAll(() => board[Symbol.asyncDispose]())

test.each([
  ['a workspace of staff', '/workspaces/1', ada, 1440],
  ['a project of an admin', '/projects/1', ada, 1440],
  ['a task of a member', '/projects/1/tasks/1', bela, 1440],
  ['a task that a viewer reads', '/projects/1/tasks/1', lucia, 1024],
  ['a project on a phone', '/projects/1', bela, 380],
  ['a task on a phone', '/projects/1/tasks/1', bela, 380],
  ['a project that is not there', '/projects/999', bela, 1440],
  ['a page that is not there', '/projects/nowhere', bela, 1440],
  ['the Vue page', '/vue.html', bela, 1024],
  ['the Svelte page', '/svelte.html', bela, 1024],
  ['a public page', '/p/website-relaunch/', bela, 1024],
] as const)('axe finds nothing on %s', async (_what, path, personId, width) => {
  await using tab = await board.openTab(path, personId, { viewport: { width, height: 800 } })
  // Each of these screens has a list, or says why it has none.
  await tab.page.locator('main').locator('li:visible, .state:visible').first().waitFor()
  expect(await violations(tab.page)).toEqual([])
})

test('axe finds nothing on the sign-in page', async () => {
  await using tab = await board.openTab('/')
  await tab.page.getByRole('button', { name: 'Sign out' }).click()
  await tab.page.getByRole('button', { name: 'Ada Okafor' }).waitFor()
  expect(await violations(tab.page)).toEqual([])
})

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const { activeElement: element } = document
    return element?.id || element?.getAttribute('aria-label') || element?.tagName || ''
  })

test('a task is opened, edited and closed by keyboard, and the focus returns to its card', async () => {
  await using tab = await board.openTab('/projects/1')
  const { page } = tab
  await page.locator('.card-title').first().focus()
  await page.keyboard.press('ArrowDown')
  const card = await focused(page)
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Title' }).waitFor()
  expect(await focused(page)).toBe('Close the task')
  await page.keyboard.press('Tab')
  expect(await focused(page)).toBe('Title')
  await page.keyboard.press('End')
  await page.keyboard.type(' by keyboard')
  await page.keyboard.press('Enter')
  await page
    .getByRole('status')
    .filter({ hasText: /by keyboard|Saved/ })
    .waitFor()
  await page.keyboard.press('Escape')
  await expect.poll(() => focused(page), soon).toBe(card)
})

test('a task that covers the page keeps the focus inside', async () => {
  await using tab = await board.openTab('/projects/1/tasks/1', bela, {
    viewport: { width: 380, height: 760 },
  })
  const { page } = tab
  await page.getByRole('button', { name: 'Comment' }).waitFor()
  for (let step = 0; step < 14; step += 1) {
    await page.keyboard.press('Tab')
    const isInside = await page.evaluate(
      () =>
        document.activeElement === document.body ||
        document.querySelector('.rail')?.contains(document.activeElement),
    )
    expect(isInside).toBe(true)
  }
})

test('another page takes the focus, and its name is said', async () => {
  await using tab = await board.openTab('/workspaces/1', bela, {
    viewport: { width: 380, height: 760 },
  })
  const { page } = tab
  await page.getByRole('button', { name: 'Navigation' }).press('Enter')
  await page.getByRole('navigation').getByRole('link', { name: 'Brand refresh' }).press('Enter')
  await page.getByRole('status').filter({ hasText: 'Brand refresh' }).waitFor()
  expect(await focused(page)).toBe('main')
})

test('a member who deletes a task hears of it and keeps a place on the page', async () => {
  await using tab = await board.openTab('/projects/6')
  const { page } = tab
  const first = page.locator('.card-title').first()
  const id = await first.getAttribute('id')
  await first.press('Enter')
  const remove = page.getByRole('button', { name: 'Delete this task' })
  await remove.press('Enter')
  await remove.press('Enter')
  await page.getByRole('status').filter({ hasText: 'The task is deleted' }).waitFor()
  await expect.poll(() => page.locator(`#${id}`).count(), soon).toBe(0)
  expect(await focused(page)).toBe('main')
})

test('what failed stays on the screen until it is dismissed', async () => {
  await using tab = await board.openTab('/projects/7')
  const { page } = tab
  const json = { error: { code: 'CONFLICT', message: 'Somebody holds it' } }
  await page.route('**/call/', (route) => route.fulfill({ status: 409, json }))
  await page.locator('.card-title').first().focus()
  await page.keyboard.press('Alt+ArrowRight')
  const complaint = page.getByRole('alert').getByText('The card was put back')
  await complaint.waitFor()
  expect(await complaint.innerText()).toContain('Somebody holds it')
  await page.getByRole('button', { name: 'Dismiss' }).click()
  await complaint.waitFor({ state: 'detached' })
})

test('a refetch that fails leaves the board as it was, and says so', async () => {
  await using tab = await board.openTab('/projects/7')
  const { page } = tab
  await page.route('**/ctx/project/**', (route) => route.abort())
  // Otherwise what it makes stale would come back in its answer.
  await page.route('**/call/', (route) => {
    const { 'x-mizan-mounted': _, ...headers } = route.request().headers()
    return route.continue({ headers })
  })
  await page.getByRole('textbox', { name: 'Add a task to To do' }).fill('Not seen yet')
  await page.keyboard.press('Enter')
  await page.getByText('This may be out of date.').waitFor()
  expect(await page.locator('.card').count()).toBeGreaterThan(10)
  await page.unroute('**/ctx/project/**')
  await page.getByRole('button', { name: 'Try again' }).click()
  await page.locator('.card').filter({ hasText: 'Not seen yet' }).waitFor()
  expect(await page.getByText('This may be out of date.').count()).toBe(0)
  expect(await focused(page)).toBe('main')
})
