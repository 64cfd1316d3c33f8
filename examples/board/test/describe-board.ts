/** What the main page has to do in every library: each board runs it, and what else is to be shown of the same server. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { type BoardFace, card, column, firstCard } from './board-face.ts'
import { type BoardInBrowser, soon, startBoardInBrowser } from './board-in-browser.ts'
import { allowMore, focusByTab, psql } from './by-hand.ts'
import { describeHydration } from './describe-hydration.ts'
import { bela, elif, lucia } from './people.ts'

export function describeBoard(
  face: BoardFace,
  describeMore: (board: () => BoardInBrowser) => void = () => undefined,
): void {
  const { path } = face
  let board: BoardInBrowser
  beforeAll(async () => {
    board = await startBoardInBrowser(face.build)
  })
  afterAll(() => board[Symbol.asyncDispose]())

  describe(`the board in ${face.library}`, () => {
    describeHydration(face, () => board)

    test('a call is one request; another tab follows with one, a tab of another project asks for nothing', async () => {
      await using tab = await board.openTab(path(4))
      await using beside = await tab.openBeside(path(4))
      await using elsewhere = await tab.openBeside(path(5))
      const id = await firstCard(tab.page, 'To do')
      await face.handle(card(tab.page, id)).focus()
      for (const one of [tab, beside, elsewhere]) one.log.length = 0
      await tab.page.keyboard.press(face.keyOfMove)
      for (const { page } of [tab, beside])
        await column(page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
      await expect.poll(() => beside.log, soon).toEqual(['GET ctx/project/?project_id=4'])
      // What it made stale came back in its answer.
      expect(tab.log).toEqual(['POST call/ move_task'])
      expect(elsewhere.log).toEqual([])
    })

    test('another person follows, and on another project asks for nothing', async () => {
      await using tab = await board.openTab(path(4))
      await using other = await board.openTab(path(4), elif)
      await using elsewhere = await board.openTab(path(5), elif)
      await Promise.all([tab, other, elsewhere].map((one) => one.isLive()))
      const id = await firstCard(tab.page, 'To do')
      await face.handle(card(tab.page, id)).focus()
      for (const one of [other, elsewhere]) one.log.length = 0
      await tab.page.keyboard.press(face.keyOfMove)
      await column(other.page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
      expect(elsewhere.log).toEqual([])
    })

    test('without a network what is done waits; when it is back it is done once, and the page is up to date', async () => {
      await using tab = await board.openTab(path(3))
      await using other = await board.openTab(path(3), elif)
      await Promise.all([tab, other].map((one) => one.isLive()))
      const id = await firstCard(tab.page, 'To do')
      const title = await face.prepareTitle(tab.page, 'To do')
      await tab.page.context().setOffline(true)
      await face.handle(card(tab.page, id)).focus()
      await tab.page.keyboard.press(face.keyOfMove)
      await column(tab.page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
      await title.fill('Written on a train')
      await title.press('Enter')
      const waiting = tab.page.getByRole('status').getByText('No network: 2 changes wait')
      await waiting.waitFor()
      const others = await face.prepareTitle(other.page, 'In review')
      await others.fill('Written meanwhile')
      await others.press('Enter')
      await column(other.page, 'In review').getByText('Written meanwhile').waitFor()
      expect(await column(other.page, 'To do').locator(`[data-task="${id}"]`).count()).toBe(1)

      await tab.page.context().setOffline(false)
      for (const { page } of [tab, other]) {
        await column(page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
        await column(page, 'To do').getByText('Written on a train').waitFor()
      }
      await column(tab.page, 'In review').getByText('Written meanwhile').waitFor()
      await waiting.waitFor({ state: 'detached' })
      await other.page.reload()
      await column(other.page, 'To do').getByText('Written on a train').waitFor()
      const written = other.page.locator('[data-task]', { hasText: 'Written on a train' })
      expect(await written.count()).toBe(1)
    })

    test('after a restart of the server the page is back by itself, with what has changed meanwhile', async () => {
      await using tab = await board.openTab(path(6))
      await tab.isLive()
      const id = await firstCard(tab.page, 'In review')
      await board.restart(() =>
        psql(board.databaseUrl, 'update tasks set title = $1 where id = $2', [
          'Changed while nobody served',
          id,
        ]),
      )
      await card(tab.page, id).getByText('Changed while nobody served').waitFor(soon)
      await tab.isLive()
      await using other = await board.openTab(path(6), elif)
      const title = await face.prepareTitle(other.page, 'To do')
      await title.fill('Heard of after the restart')
      await title.press('Enter')
      const heard = column(tab.page, 'To do').getByText('Heard of after the restart')
      await heard.waitFor(soon)
      expect(await heard.count()).toBe(1)
    })

    test('a task is added once, however often it is sent, and what is wrong is said', async () => {
      await using tab = await board.openTab(path(5))
      const { page, log } = tab
      const title = await face.prepareTitle(page, 'To do')
      await title.fill('Written once')
      await title.press('Enter')
      await title.press('Enter')
      await column(page, 'To do').getByText('Written once').waitFor()
      await expect.poll(() => title.inputValue(), soon).toBe('')
      expect(log.filter((line) => line.startsWith('POST'))).toEqual(['POST call/ create_task'])
      await allowMore(title)
      await title.fill('x'.repeat(201))
      await title.press('Enter')
      const problem = page.getByText('This may have at most 200 characters')
      await problem.waitFor()
      expect(await title.evaluate((element) => element === document.activeElement)).toBe(true)
      expect(await title.getAttribute('aria-describedby')).toBe(await problem.getAttribute('id'))
    })

    test('without JavaScript the page is there, and its form works', async () => {
      await using tab = await board.openTab(path(7), bela, { javaScriptEnabled: false })
      const { page } = tab
      let title = await face.prepareTitle(page, 'In review')
      await title.fill('Sent without a script')
      await face.send(page, title)
      await column(page, 'In review').getByText('Sent without a script').waitFor()
      expect(new URL(page.url()).pathname).toBe(path(7))
      title = await face.prepareTitle(page, 'In progress')
      await allowMore(title)
      await title.fill('y'.repeat(201))
      await face.send(page, title)
      await page.getByRole('alert').filter({ hasText: /200/ }).waitFor()
      title = page.locator('[aria-invalid]')
      expect(await title.inputValue()).toBe('y'.repeat(201))
      expect(await page.locator('form', { has: title }).locator('[name=status]').inputValue()).toBe(
        'doing',
      )
    })

    test('the whole way by keyboard: a task is added, moved, and its author leaves', async () => {
      await using tab = await board.openTab(path(8))
      const { page } = tab
      const title = await face.prepareTitle(page, 'To do')
      await focusByTab(page, title)
      await page.keyboard.type('Without a mouse')
      await page.keyboard.press('Enter')
      const added = column(page, 'To do').locator('[data-task]', { hasText: 'Without a mouse' })
      await added.waitFor()
      const id = (await added.getAttribute('data-task')) ?? ''
      await focusByTab(page, face.handle(column(page, 'To do').locator('[data-task]').first()))
      await expect(face.handle(card(page, id)).count()).resolves.toBe(1)
      await page.keyboard.press(face.keyOfMove)
      await focusByTab(page, page.getByRole('button', { name: 'Sign out' }), 'Shift+Tab')
      await page.keyboard.press('Enter')
      await page.getByRole('heading', { name: face.signedOut }).waitFor()
    })

    test('signing out clears the page and its other tabs, and asks for nothing that is over', async () => {
      await using tab = await board.openTab(path(7))
      await using beside = await tab.openBeside(path(7))
      const failed: string[] = []
      for (const { page } of [tab, beside])
        page.on('response', (response) => {
          if (response.status() >= 400) failed.push(response.url())
        })
      await tab.page.getByRole('button', { name: 'Sign out' }).click()
      for (const { page } of [tab, beside]) {
        await page.getByRole('heading', { name: face.signedOut }).waitFor()
        expect(await page.locator('[data-task]').count()).toBe(0)
      }
      expect(failed).toEqual([])
    })

    test('a viewer finds nothing to edit with, and a stranger nothing at all', async () => {
      await using tab = await board.openTab(path(8), lucia)
      expect(await tab.page.getByRole('combobox').count()).toBe(0)
      expect(await tab.page.getByRole('textbox').count()).toBe(0)
      const missing = await tab.page.goto(`${board.url}${path(17)}`)
      expect(missing?.status()).toBe(404)
    })

    test('axe finds nothing, in light and in dark, also where something is wrong', async () => {
      await using tab = await board.openTab(path(2))
      const title = await face.prepareTitle(tab.page, 'To do')
      await title.press('Enter')
      await tab.page.getByText('This is needed').waitFor()
      expect(await violations(tab.page)).toEqual([])
    })
  })
  describeMore(() => board)
}
