/** What is done without a network: it shows, it waits, and it reaches the server once. */

import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { card, column, firstCard } from './board-face.ts'
import { type BoardInBrowser, soon } from './board-in-browser.ts'

/** The `Idempotency-Key` of each call that leaves the page. */
function keysOf(page: Page): string[] {
  const keys: string[] = []
  page.on('request', (request) => {
    const key = request.headers()['idempotency-key']
    if (key !== undefined) keys.push(key)
  })
  return keys
}

export function describeOffline(board: () => BoardInBrowser): void {
  describe('without a network', () => {
    test('an edit is shown and counted, and carried out when the network is back', async () => {
      await using tab = await board().openTab('/projects/1')
      const { page } = tab
      const id = await firstCard(page, 'To do')
      await card(page, id).locator('.card-title').click()
      const title = page.getByRole('textbox', { name: 'Title' })
      await title.waitFor()
      await page.context().setOffline(true)
      await title.fill('Renamed on a train')
      await title.press('Enter')
      await card(page, id).getByText('Renamed on a train').waitFor()
      await page.getByRole('status').getByText('No network: one change waits').waitFor()
      await page.getByLabel('Status').selectOption('doing')
      await column(page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
      await page.getByRole('status').getByText('No network: 2 changes wait').waitFor()

      await page.context().setOffline(false)
      await expect.poll(() => page.getByText('No network').count(), soon).toBe(0)
      await expect.poll(() => page.evaluate(() => localStorage.length), soon).toBe(0)
      await page.reload()
      await column(page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
      expect(await card(page, id).innerText()).toContain('Renamed on a train')
    })

    test('a call whose answer is lost is made again, and runs once', async () => {
      await using tab = await board().openTab('/projects/2')
      const { page } = tab
      const keys = keysOf(page)
      // It reaches the server, and nobody hears of it.
      await page.route(
        '**/call/',
        async (route) => {
          await route.fetch()
          await route.abort('connectionreset')
        },
        { times: 1 },
      )
      const line = page.getByLabel('Add a task to To do')
      await line.fill('Made once')
      await line.press('Enter')
      await expect.poll(() => line.inputValue(), soon).toBe('')
      await column(page, 'To do').getByText('Made once').waitFor()
      expect(keys).toHaveLength(2)
      expect(new Set(keys).size).toBe(1)
      await page.reload()
      expect(
        await column(page, 'To do').locator('[data-task]', { hasText: 'Made once' }).count(),
      ).toBe(1)
    })

    test('what waits outlives the page, and is carried out by the next one', async () => {
      await using tab = await board().openTab('/projects/3')
      const { page } = tab
      const id = await firstCard(page, 'To do')
      await page.route('**/call/', (route) => route.abort())
      await card(page, id).locator('.card-title').press('Alt+ArrowRight')
      await column(page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
      await expect.poll(() => page.evaluate(() => localStorage.length), soon).toBe(1)
      await page.getByText('The server does not answer: one change waits').waitFor()
      await page.unroute('**/call/')
      await page.reload()
      await column(page, 'In progress').locator(`[data-task="${id}"]`).waitFor()
      await expect.poll(() => page.evaluate(() => localStorage.length), soon).toBe(0)
    })
  })
}
