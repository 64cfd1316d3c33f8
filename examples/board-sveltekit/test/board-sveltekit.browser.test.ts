import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from '../../board/test/axe.ts'
import { card, column, firstCard } from '../../board/test/board-face.ts'
import { type BoardInBrowser, soon } from '../../board/test/board-in-browser.ts'
import { hostile, makeHostile } from '../../board/test/hostile-texts.ts'
import { bela, elif, hiro } from '../../board/test/people.ts'
import { textsOf } from '../../board/test/read-document.ts'
import { watchPage } from '../../board/test/watch-page.ts'
import { startKitBoard } from './start-kit-board.ts'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const path = (projectId: number): string => `/kit/projects/${projectId}`

// SvelteKit 3 needs Node 22.17.
describe.skipIf(major < 22 || (major === 22 && minor < 17))('the board in SvelteKit', () => {
  let board: BoardInBrowser
  beforeAll(async () => {
    board = await startKitBoard()
  })
  afterAll(() => board[Symbol.asyncDispose]())

  test('what load fetched on the server is taken over: no request, no flash, no complaint, no second copy', async () => {
    await using tab = await board.openTab(path(1))
    const { page, log } = tab
    const { complaints, states } = await watchPage(page)
    const html = (await (await page.reload())?.text()) ?? ''
    await tab.isLive()
    expect(html).toContain('<title>Website relaunch · Board</title>')
    expect((await states()).map((text) => text.includes('Websiterelaunch'))).toEqual([true])
    expect(log.filter((line) => !line.includes('live'))).toEqual([])
    expect(complaints).toEqual([])
    expect(html).not.toContain('data-sveltekit-fetched')
  })

  test('a link runs load in the browser, with the kernel of the page: one request, and none on the way back', async () => {
    await using tab = await board.openTab(path(1))
    await tab.isLive()
    const { page, log } = tab
    const documents: string[] = []
    page.on('request', (request) => {
      if (request.isNavigationRequest()) documents.push(request.url())
    })
    await page.getByRole('link', { name: 'Design system' }).click()
    await page.getByRole('heading', { level: 1, name: 'Design system' }).waitFor()
    await page.locator('[data-task]').first().waitFor()
    const reads = (): string[] => log.filter((line) => line.startsWith('GET ctx/'))
    expect(reads()).toEqual(['GET ctx/project/?project_id=2'])
    expect(await page.title()).toBe('Design system · Board')
    expect(documents).toEqual([])
  })

  test('who comes back sees at once what was there, and what is new as soon as it comes', async () => {
    await using tab = await board.openTab(path(3))
    await tab.isLive()
    const { page } = tab
    const first = await page.getByRole('heading', { level: 1 }).innerText()
    await page.getByRole('link', { name: 'Design system' }).click()
    await page.getByRole('heading', { level: 1, name: 'Design system' }).waitFor()
    let answer = (): void => {}
    const held = new Promise<void>((resolve) => (answer = resolve))
    await page.route('**/ctx/project/**', async (route) => {
      await held
      await route.continue()
    })
    await page.goBack()
    await page.getByRole('heading', { level: 1, name: first }).waitFor()
    expect(await page.locator('[data-task]').count()).toBeGreaterThan(0)
    answer()
    await page.unrouteAll({ behavior: 'wait' })
  })

  test('a call is one request; another person follows, and on another project asks for nothing', async () => {
    await using tab = await board.openTab(path(4))
    await using other = await board.openTab(path(4), elif)
    await using elsewhere = await board.openTab(path(5), elif)
    await Promise.all([tab, other, elsewhere].map((one) => one.isLive()))
    const id = await firstCard(tab.page, 'To do')
    for (const one of [tab, other, elsewhere]) one.log.length = 0
    await card(tab.page, id).getByRole('combobox').selectOption('doing')
    for (const { page } of [tab, other])
      await column(page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
    expect(tab.log).toEqual(['POST call/ move_task'])
    expect(elsewhere.log).toEqual([])
  })

  test('visitors at the same time are each shown their own, however their loads meet', async () => {
    const people = [
      { id: bela, name: 'Bela', project: 1 },
      { id: elif, name: 'Elif', project: 2 },
      { id: hiro, name: 'Hiro', project: 17 },
    ]
    const visitors = await Promise.all(
      people.map(async (person) => {
        const tab = await board.openTab('/kit/', person.id)
        return { ...person, request: tab.page.context().request, close: tab[Symbol.asyncDispose] }
      }),
    )
    const rounds = Array.from({ length: 8 }, () => visitors).flat()
    const pages = await Promise.all(
      rounds.map(async ({ request, project }) =>
        (await request.get(`${board.url}${path(project)}`)).text(),
      ),
    )
    for (const [at, html] of pages.entries()) {
      const { name, project } = rounds[at] ?? rounds[0]!
      const [state] = textsOf(html, 'script').filter((text) => text.includes('"contexts"'))
      for (const { name: other } of people)
        expect([other, html.includes(`<strong>${other}`)]).toEqual([other, other === name])
      expect(state?.match(/project_id=\d+/g)).toEqual([`project_id=${project}`])
      expect(state?.match(/"email":"[^"]+"/g)).toHaveLength(1)
    }
    await Promise.all(visitors.map(({ close }) => close()))
  })

  test('what the server refuses is the page for errors, with its status, in the document and on the way', async () => {
    await using tab = await board.openTab(path(1))
    const { page } = tab
    const missing = await page.goto(`${board.url}${path(17)}`)
    expect(missing?.status()).toBe(404)
    expect(await page.title()).toBe('404 · Board')
    const message = await page.getByRole('heading', { level: 1 }).innerText()
    await page.goto(`${board.url}${path(1)}`)
    await tab.isLive()
    await page.evaluate((to) => {
      const [link] = document.querySelectorAll<HTMLAnchorElement>('nav a')
      link?.setAttribute('href', to)
      link?.click()
    }, path(17))
    await page.getByRole('heading', { level: 1, name: message }).waitFor()
    expect(message).not.toBe('Internal Error')
  })

  test('a visitor is led to the sign-in, signs in, and the kernel has forgotten who was nobody; signing out likewise', async () => {
    await using context = await board.browser.newContext()
    const page = await context.newPage()
    page.setDefaultTimeout(soon.timeout)
    // Who shows anything has its components mounted.
    const isMounted = page.waitForEvent('websocket')
    await page.goto(`${board.url}${path(1)}`)
    await isMounted
    expect(new URL(page.url()).pathname).toBe('/kit/')
    await page.getByRole('button', { name: 'Ada Okafor' }).click()
    await page.getByRole('heading', { name: 'Projects of Ada Okafor' }).waitFor()
    await page.getByRole('link', { name: 'Website relaunch' }).click()
    await page.getByRole('heading', { name: 'Website relaunch' }).waitFor()
    expect(await violations(page)).toEqual([])
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
    expect(await page.locator('[data-task]').count()).toBe(0)
  })

  test('without JavaScript the page is there', async () => {
    await using tab = await board.openTab(path(7), bela, { javaScriptEnabled: false })
    expect(await tab.page.locator('[data-task]').count()).toBeGreaterThan(0)
  })

  test('markup in any text stays a text, in the document and in the state that takes it over', async () => {
    await makeHostile(board.databaseUrl, 6)
    await using tab = await board.openTab(path(6))
    expect(await tab.page.locator('[data-task] span').first().innerText()).toContain(hostile)
    expect(await tab.page.evaluate(() => 'pwned' in globalThis)).toBe(false)
  })
})
