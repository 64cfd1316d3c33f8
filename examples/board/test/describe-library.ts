/** What the main page has to do in every library: run once by each package. */

import type { Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { violations } from './axe.ts'
import { type BoardInBrowser, soon, startBoardInBrowser } from './board-in-browser.ts'
import { buildLibrary } from './build-library.ts'
import { bela, elif, lucia } from './people.ts'

const column = (page: Page, name: string) =>
  page.getByRole('region', { name: new RegExp(`^${name}`) })

/** Browsers stop at `maxlength` by themselves. */
const allowMore = (input: Locator): Promise<void> =>
  input.evaluate((element) => element.removeAttribute('maxlength'))

/** @param library as in the path; @param root folder of its package */
export function describeLibrary(library: string, root: string): void {
  let board: BoardInBrowser
  beforeAll(async () => {
    board = await startBoardInBrowser(async (folder) => ({
      libraries: { [library]: await buildLibrary(root, folder) },
    }))
  })
  afterAll(() => board[Symbol.asyncDispose]())
  const path = (projectId: number): string => `/with/${library}/projects/${projectId}/`

  describe(`the board in ${library}`, () => {
    test('takes over what the server rendered: no request, no flash, no complaint', async () => {
      await using tab = await board.openTab(path(1))
      const { page, log } = tab
      const complaints: string[] = []
      page.on('console', (message) => void complaints.push(message.text()))
      page.on('pageerror', (error) => void complaints.push(error.message))
      await page.addInitScript(() => {
        const states: string[] = []
        Object.assign(globalThis, { states })
        addEventListener('DOMContentLoaded', () => {
          const root = document.querySelector('#root')
          const keep = (): void => {
            const text = root?.textContent?.replace(/\s/g, '') ?? ''
            if (text !== states.at(-1)) states.push(text)
          }
          keep()
          if (root)
            new MutationObserver(keep).observe(root, {
              childList: true,
              subtree: true,
              characterData: true,
            })
        })
      })
      await page.reload()
      await tab.isLive()
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByRole('alert').filter({ hasText: 'This is needed' }).waitFor()
      // cast: set above
      const states = await page.evaluate(
        () => (globalThis as unknown as { states: string[] }).states,
      )
      expect(states).toHaveLength(2)
      expect(states[0]).toContain('Websiterelaunch')
      expect(states[1]?.replace('Thisisneeded', '').length).toBe(states[0]?.length)
      expect(log.filter((line) => !line.includes('live'))).toEqual([])
      expect(complaints).toEqual([])
    })

    test('a card is moved by keyboard, and others follow: tabs and people, nothing else', async () => {
      await using tab = await board.openTab(path(4))
      await using beside = await tab.openBeside(path(4))
      await using other = await board.openTab(path(4), elif)
      await using elsewhere = await board.openTab(path(5), elif)
      await Promise.all([tab, other, elsewhere].map((one) => one.isLive()))
      const card = column(tab.page, 'To do').locator('li').first()
      const id = await card.getAttribute('data-task')
      await card.getByRole('combobox').focus()
      for (const one of [tab, beside, other, elsewhere]) one.log.length = 0
      await tab.page.keyboard.press('ArrowDown')
      for (const { page } of [tab, beside, other])
        await column(page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
      // What it made stale came back in its answer.
      expect(tab.log).toEqual(['POST call/ move_task'])
      expect(elsewhere.log).toEqual([])
    })

    test('a task is added once, by the form and its keys', async () => {
      await using tab = await board.openTab(path(5))
      const { page, log } = tab
      const title = page.getByLabel('What is to be done')
      await title.fill('Written once')
      await title.press('Enter')
      await title.press('Enter')
      await column(page, 'To do').getByText('Written once').waitFor()
      await expect.poll(() => title.inputValue(), soon).toBe('')
      expect(log.filter((line) => line.startsWith('POST'))).toEqual(['POST call/ create_task'])
      await allowMore(title)
      await title.fill('x'.repeat(201))
      await title.press('Enter')
      await page.getByText('This may have at most 200 characters').waitFor()
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('add-title')
      expect(await title.getAttribute('aria-describedby')).toBe('add-title-error')
    })

    test('without JavaScript the page is there, and its form works', async () => {
      await using tab = await board.openTab(path(6), bela, { javaScriptEnabled: false })
      const { page } = tab
      await page.getByLabel('What is to be done').fill('Sent without a script')
      await page.getByLabel('Column', { exact: true }).selectOption('review')
      await page.getByRole('button', { name: 'Add' }).click()
      await column(page, 'In review').getByText('Sent without a script').waitFor()
      expect(new URL(page.url()).pathname).toBe(path(6))
      await allowMore(page.getByLabel('What is to be done'))
      await page.getByLabel('What is to be done').fill('y'.repeat(201))
      await page.getByLabel('Column', { exact: true }).selectOption('doing')
      await page.getByRole('button', { name: 'Add' }).click()
      await page.getByRole('alert').filter({ hasText: /200/ }).waitFor()
      expect(await page.getByLabel('What is to be done').inputValue()).toBe('y'.repeat(201))
      expect(await page.getByLabel('Column', { exact: true }).inputValue()).toBe('doing')
    })

    test('signing out clears the page, and asks for nothing that is over', async () => {
      await using tab = await board.openTab(path(7))
      const { page } = tab
      const failed: string[] = []
      page.on('response', (response) => {
        if (response.status() >= 400) failed.push(response.url())
      })
      await page.getByRole('button', { name: 'Sign out' }).click()
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
      expect(await page.locator('[data-task]').count()).toBe(0)
      expect(failed).toEqual([])
    })

    test('a viewer finds nothing to edit with, and a stranger nothing at all', async () => {
      await using tab = await board.openTab(path(8), lucia)
      expect(await tab.page.getByRole('combobox').count()).toBe(0)
      expect(await tab.page.getByLabel('What is to be done').count()).toBe(0)
      const missing = await tab.page.goto(`${board.url}${path(17)}`)
      expect(missing?.status()).toBe(404)
    })

    test('axe finds nothing', async () => {
      await using tab = await board.openTab(path(2))
      await tab.page.getByRole('button', { name: 'Add' }).click()
      await tab.page.getByText('This is needed').waitFor()
      expect(await violations(tab.page)).toEqual([])
    })
  })
}
