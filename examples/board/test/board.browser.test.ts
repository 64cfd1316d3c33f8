/** The board in Chromium: one edit, and every view of that project follows, and no other. */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BoardInBrowser, pictures, soon, startBoardInBrowser } from './board-in-browser.ts'
import { describeDrag } from './describe-drag.ts'
import { describeOffline } from './describe-offline.ts'
import { ada, hiro, lucia } from './people.ts'

let board: BoardInBrowser
beforeAll(async () => {
  board = await startBoardInBrowser()
})
afterAll(() => board[Symbol.asyncDispose]())

describeDrag(() => board)
describeOffline(() => board)

/** The card of a title, in its column. */
const card = (page: Page, title: string) => page.locator('.card').filter({ hasText: title })
const column = (page: Page, name: string) => page.getByRole('region', { name, exact: true })

test('editing a task updates the other views of its project, with one POST and the contexts it named', async () => {
  await using tab = await board.openTab('/projects/1')
  const { page, log } = tab
  await page.locator('.card-title').first().click()
  const title = page.getByRole('textbox', { name: 'Title' })
  await title.waitFor()
  const done = Number((await page.getByTestId('stats-done').innerText()).split('/')[0])
  // What it made stale comes back in its answer.
  const edited = ['POST call/ update_task']
  log.length = 0

  await title.fill('Write the words on the front page')
  await title.press('Enter')
  await card(page, 'Write the words on the front page').waitFor()
  await expect
    .poll(() => page.getByTestId('stats-latest').innerText(), soon)
    .toContain('Write the words on the front page')
  await expect.poll(() => log.toSorted(), soon).toEqual(edited)
  expect(log[0]).toBe('POST call/ update_task')
  log.length = 0

  await page.getByLabel('Status').selectOption('done')
  await column(page, 'Done')
    .locator('.card')
    .filter({ hasText: 'Write the words on the front page' })
    .waitFor()
  await expect
    .poll(() => page.getByTestId('stats-done').innerText(), soon)
    .toMatch(new RegExp(`^${done + 1} /`))
  await expect.poll(() => log.toSorted(), soon).toEqual(edited)
  await page.screenshot({ path: `${pictures}/board-task-edited.png` })
})

test('a card is moved by keyboard, and the page says where it went', async () => {
  await using tab = await board.openTab('/projects/4')
  const { page, log } = tab
  const first = column(page, 'To do').locator('.card-title').first()
  const name = (await first.innerText()).split(',')[0] ?? ''
  const id = await first.getAttribute('id')
  await first.focus()
  const saved = page.waitForResponse(/\/call\//)
  await page.keyboard.press('Alt+ArrowRight')
  await page
    .getByRole('status')
    .filter({ hasText: /In progress, 1 of/ })
    .waitFor()
  await column(page, 'In progress').locator(`#${id}`).waitFor()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe(id)
  await expect.poll(() => log, soon).toEqual(['POST call/ move_task'])
  await saved
  await page.reload()
  expect(
    (await column(page, 'In progress').locator('.card-title').first().innerText()).split(',')[0],
  ).toBe(name)
})

test('a file is attached within its rules, and only who may see the task may have it', async () => {
  await using tab = await board.openTab('/projects/3/tasks/200')
  const { page } = tab
  const input = page.getByLabel('Attach a file')
  await page.getByRole('button', { name: 'Attach', exact: true }).click()
  await page.getByRole('alert').filter({ hasText: 'This is needed' }).waitFor()
  await input.setInputFiles({
    name: 'a.svg',
    mimeType: 'image/svg+xml',
    buffer: Buffer.from('<svg/>'),
  })
  await page.getByRole('alert').filter({ hasText: 'must be a file of type' }).waitFor()
  await input.setInputFiles({
    name: 'plan.txt',
    mimeType: 'text/plain',
    buffer: Buffer.from('Do it'),
  })
  await page.getByRole('button', { name: 'Attach', exact: true }).click()
  const link = page.getByRole('link', { name: 'plan.txt' })
  await link.waitFor()
  const path = await link.getAttribute('href')
  const got = await page.request.get(`${board.url}${path}`)
  expect(await got.text()).toBe('Do it')
  expect(got.headers()['content-disposition']).toContain('attachment')
  expect(got.headers()['x-content-type-options']).toBe('nosniff')
  await using stranger = await board.openTab('/', hiro)
  expect((await stranger.page.request.get(`${board.url}${path}`)).status()).toBe(404)
})

test('what visitors get has nothing of the developer tools', async () => {
  await using tab = await board.openTab('/projects/3/')
  const { page } = tab
  const scripts = await page.evaluate(() =>
    performance
      .getEntriesByType('resource')
      .flatMap(({ name }) => (name.endsWith('.js') ? name : [])),
  )
  expect(scripts.length).toBeGreaterThan(0)
  for (const url of scripts)
    expect(await (await page.request.get(url)).text()).not.toContain('mizan-devtools')
})

test('how much of a file was sent is shown until it is there', async () => {
  await using tab = await board.openTab('/projects/3/tasks/202')
  const { page } = tab
  const slow = await page.context().newCDPSession(page)
  const unlimited = { offline: false, latency: 0, downloadThroughput: -1 }
  await slow.send('Network.enable')
  await slow.send('Network.emulateNetworkConditions', { ...unlimited, uploadThroughput: 200_000 })
  await page.getByLabel('Attach a file').setInputFiles({
    name: 'long.txt',
    mimeType: 'text/plain',
    buffer: Buffer.alloc(900_000, 'long '),
  })
  await page.getByRole('button', { name: 'Attach', exact: true }).click()
  await page.waitForFunction(() => {
    const { value = 0, max = 0 } = document.querySelector('progress') ?? {}
    return value > 0 && value < max
  })
  expect(await page.getByRole('progressbar', { name: 'Sent' }).count()).toBe(1)
  await page.getByRole('link', { name: 'long.txt' }).waitFor()
  expect(await page.getByRole('progressbar').count()).toBe(0)
})

test('who reads a task sees who else does, where they point and that they write', async () => {
  await using here = await board.openTab('/projects/3/tasks/201')
  await using there = await board.openTab('/projects/3/tasks/201', ada)
  await here.page.getByText('Also here: Ada Okafor').waitFor()
  await there.page.getByText('Also here: Bela Novak').waitFor()
  await there.page.getByRole('heading', { name: 'Comments' }).hover()
  await here.page.locator(`[data-pointer="${ada}"]`).waitFor()
  await there.page.getByLabel('Write a comment').fill('I think')
  await here.page.getByText('Ada Okafor writing…').waitFor()
  await there.page.getByRole('button', { name: 'Close the task' }).click()
  await expect.poll(() => here.page.getByText('Also here').count(), soon).toBe(0)
})

test('a card that the server refuses to move goes back', async () => {
  await using tab = await board.openTab('/projects/6')
  const { page } = tab
  const moved = column(page, 'To do').locator('.card-title').first()
  const id = await moved.getAttribute('id')
  await page.route('**/call/', async (route) => {
    await column(page, 'In progress').locator(`#${id}`).waitFor()
    await route.fulfill({
      status: 409,
      json: { error: { code: 'CONFLICT', message: 'Somebody holds it' } },
    })
  })
  await moved.press('Alt+ArrowRight')
  await page.getByRole('alert').getByText('Somebody holds it').waitFor()
  await expect.poll(() => column(page, 'To do').locator(`#${id}`).count(), soon).toBe(1)
})

test('an address of nothing is a plain page that leads to the board', async () => {
  await using tab = await board.openTab('/')
  const answer = await tab.page.goto(`${board.url}/nowhere`)
  expect(answer?.status()).toBe(404)
  await tab.page.getByRole('link', { name: 'To the board' }).waitFor()
})

test('a viewer finds nothing to edit with', async () => {
  await using tab = await board.openTab('/projects/1', lucia)
  await tab.page.getByText('View only').waitFor()
  await tab.page.locator('.card-title').first().click()
  await tab.page.getByLabel('Status').waitFor()
  expect(await tab.page.getByLabel('Status').isDisabled()).toBe(true)
  expect(await tab.page.getByRole('textbox', { disabled: false }).count()).toBe(0)
})

test('what a request failed to load comes over the socket', async () => {
  await using tab = await board.openTab('/')
  const { page } = tab
  await tab.isLive()
  await page.route('**/ctx/project/**', (route) => route.abort())
  await page.getByRole('link', { name: 'Website relaunch' }).first().click()
  await expect.poll(() => page.locator('.card').count(), soon).toBeGreaterThan(0)
})

test('a failed load says so, and loads when asked again', async () => {
  await using tab = await board.openTab('/')
  const { page } = tab
  await page.routeWebSocket('**/live/', (socket) => socket.close())
  await page.reload()
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
  await using tab = await board.openTab('/projects/1')
  const { page } = tab
  await page.setViewportSize({ width: 380, height: 760 })
  const overflow = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('main')].map(
      (element) => element.scrollWidth - element.clientWidth,
    ),
  )
  expect(overflow).toEqual([0, 0])
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
  await using tab = await board.openTab('/projects/5')
  const { page, log } = tab
  await page.goto(`${board.url}/${path}?project=5`)
  const count = page.getByTestId('count')
  await page.locator('li').first().waitFor()
  const before = Number(await count.innerText())
  log.length = 0
  if (name === 'Vue') {
    await page.getByLabel('Add a task').fill('Added by the Vue page')
    await page.getByLabel('Add a task').press('Enter')
    await expect.poll(() => count.innerText(), soon).toBe(String(before + 1))
    await page.getByText('Added by the Vue page').waitFor()
  } else {
    await page
      .getByRole('button', { name: /as done$/ })
      .first()
      .click()
    await expect.poll(() => count.innerText(), soon).toBe(String(before - 1))
  }
  await expect.poll(() => log, soon).toEqual([`POST call/ ${fn}`, 'GET ctx/project/?project_id=5'])
  await page.screenshot({ path: `${pictures}/${path.replace('.html', '')}.png` })
})

test('the public page is readable without JavaScript', async () => {
  const context = await board.browser.newContext({ javaScriptEnabled: false })
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

test('whoever signs in next on the same page sees nothing of who was there before', async () => {
  await using tab = await board.openTab('/projects/1')
  const { page } = tab
  // Every state of the page is kept, so that not even one frame is missed.
  await page.evaluate(() => {
    const states: string[] = []
    const keep = (): void => void states.push(`${document.title} ${document.body.innerText}`)
    new MutationObserver(keep).observe(document, { subtree: true, childList: true })
    Object.assign(globalThis, { states })
  })
  const refused: string[] = []
  page.on('response', (response) => {
    if (response.status() >= 400) refused.push(response.url())
  })
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Who is working today?' }).waitFor()
  expect(refused).toEqual([])
  expect(await page.title()).toBe('Sign in · Board')
  expect(new URL(page.url()).pathname).toBe('/')
  await page.getByRole('button', { name: 'Hiro Tanaka' }).click()
  await page.getByRole('heading', { level: 1, name: 'Meadow Health' }).waitFor()
  // cast: set above
  const states = await page.evaluate(() => (globalThis as unknown as { states: string[] }).states)
  const former = states.map((text) => /Northwind|Website relaunch/.test(text))
  const gone = former.indexOf(false)
  expect(gone).toBeGreaterThan(-1)
  expect(former.slice(gone)).not.toContain(true)
})

test('a link to a task leads there after signing in', async () => {
  await using tab = await board.openTab('/projects/1')
  const { page } = tab
  await page.context().clearCookies()
  await page.goto(`${board.url}/projects/2/tasks/100`)
  await page.getByRole('button', { name: 'Bela Novak' }).click()
  await page.getByRole('button', { name: 'Close the task' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/projects/2/tasks/100')
})

test('each page has its title, also going back and forward', async () => {
  await using tab = await board.openTab('/workspaces/1')
  const { page } = tab
  const title = (text: string) => expect.poll(() => page.title(), soon).toBe(text)
  await title('Northwind Studio · Board')
  await page.getByRole('link', { name: 'Brand refresh' }).first().click()
  await title('Brand refresh · Board')
  const card = page.locator('.card-title').first()
  const name = (await card.innerText()).split(',')[0]?.trim()
  await card.click()
  await title(`${name} · Brand refresh · Board`)
  await page.goBack()
  await title('Brand refresh · Board')
  await page.goBack()
  await title('Northwind Studio · Board')
  await page.goForward()
  await title('Brand refresh · Board')
})
