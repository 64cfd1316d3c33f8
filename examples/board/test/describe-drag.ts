/** Cards are dragged with a mouse and with a finger, and stand where they were dropped before the server has answered. */

import type { Locator, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { column, firstCard } from './board-face.ts'
import { type BoardInBrowser, soon } from './board-in-browser.ts'
import { bela } from './people.ts'

interface Point {
  readonly x: number
  readonly y: number
}

/** A place inside an element, as parts of its width and height. */
async function pointIn(element: Locator, right = 0.5, down = 0.5): Promise<Point> {
  await element.scrollIntoViewIfNeeded()
  const box = await element.boundingBox()
  if (box === null) throw new Error('it is not shown')
  return { x: box.x + box.width * right, y: box.y + box.height * down }
}

/** Holds the answers of calls back until it is called. */
async function holdCalls(page: Page): Promise<() => Promise<void>> {
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  await page.route('**/call/', async (route) => {
    await released
    await route.continue()
  })
  return async () => {
    const answered = page.waitForResponse(/\/call\//)
    release()
    await answered
  }
}

export function describeDrag(board: () => BoardInBrowser): void {
  describe('a card that is dragged', () => {
    test('with a mouse a card lands before the one whose upper half it is over, at once and for good', async () => {
      await using tab = await board().openTab('/projects/4')
      const { page } = tab
      const id = await firstCard(page, 'To do')
      const second = column(page, 'In review').locator('[data-task]').nth(1)
      const before = await second.getAttribute('data-task')
      const release = await holdCalls(page)
      const from = await pointIn(page.locator(`[data-task="${id}"]`))
      const to = await pointIn(second, 0.5, 0.25)
      await page.mouse.move(from.x, from.y)
      await page.mouse.down()
      await page.mouse.move(to.x, to.y, { steps: 5 })
      await page.locator('.card-ghost').waitFor()
      await page.locator(`.card-slot[data-task="${before}"]`).waitFor()
      await page.mouse.up()
      const order = (): Promise<(string | null)[]> =>
        column(page, 'In review')
          .locator('[data-task]')
          .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-task')))
      await column(page, 'In review').locator(`[data-task="${id}"]`).waitFor()
      const shown = await order()
      expect(shown.slice(1, 3)).toEqual([id, before])
      expect(await page.locator('.card-ghost').count()).toBe(0)
      // Dropping opens nothing.
      expect(new URL(page.url()).pathname).toBe('/projects/4')
      await release()
      await page.reload()
      expect(await order()).toEqual(shown)
    })

    test('Escape takes a drag back, and a card that is dropped where it stood does not move', async () => {
      await using tab = await board().openTab('/projects/5')
      const { page, log } = tab
      const id = await firstCard(page, 'To do')
      const from = await pointIn(page.locator(`[data-task="${id}"]`))
      const to = await pointIn(column(page, 'Done').locator('[data-task]').first())
      await page.mouse.move(from.x, from.y)
      await page.mouse.down()
      await page.mouse.move(to.x, to.y, { steps: 3 })
      await page.locator('.column-target').waitFor()
      await page.keyboard.press('Escape')
      await page.locator('.card-ghost').waitFor({ state: 'detached' })
      await page.mouse.up()
      await page.mouse.move(from.x, from.y)
      await page.mouse.down()
      await page.mouse.move(from.x + 12, from.y + 8, { steps: 3 })
      await page.locator('.card-ghost').waitFor()
      await page.mouse.up()
      await page.locator('.card-ghost').waitFor({ state: 'detached' })
      expect(await firstCard(page, 'To do')).toBe(id)
      expect(log).toEqual([])
    })

    test('with a finger a card is dragged by its grip, over columns that scroll under it', async () => {
      const phone = { viewport: { width: 380, height: 760 }, hasTouch: true, isMobile: true }
      await using tab = await board().openTab('/projects/6', bela, phone)
      const { page } = tab
      const id = await firstCard(page, 'To do')
      const grip = page.locator(`[data-task="${id}"] .card-grip`)
      const ghost = page.locator('.card-ghost')
      const session = await page.context().newCDPSession(page)
      const touch = (
        type: 'touchStart' | 'touchMove' | 'touchEnd' | 'touchCancel',
        ...points: Point[]
      ) => session.send('Input.dispatchTouchEvent', { type, touchPoints: points })
      const drag = async (): Promise<boolean> => {
        const from = await pointIn(grip)
        await touch('touchStart', from)
        await touch('touchMove', { x: from.x + 20, y: from.y + 20 })
        await ghost.waitFor()
        // Held at the edge, the board goes on by itself to the last column.
        await touch('touchMove', { x: 375, y: from.y + 40 })
        return Promise.race([
          page
            .locator('.column-target[data-status="done"]')
            .waitFor()
            .then(() => true),
          ghost.waitFor({ state: 'detached' }).then(() => false),
        ])
      }
      // A browser takes a gesture away from a page that is too busy to answer it.
      while (!(await drag())) await touch('touchCancel')
      await touch('touchEnd')
      await column(page, 'Done').locator(`[data-task="${id}"]`).waitFor()
      await expect.poll(() => tab.log, soon).toEqual(['POST call/ move_task'])
    })

    test('a finger beside the grip scrolls, and opens what it taps', async () => {
      const phone = { viewport: { width: 380, height: 760 }, hasTouch: true, isMobile: true }
      await using tab = await board().openTab('/projects/7', bela, phone)
      const { page, log } = tab
      const id = await firstCard(page, 'To do')
      await page.locator(`[data-task="${id}"] .card-title`).tap()
      await page.getByRole('button', { name: 'Close the task' }).waitFor()
      expect(new URL(page.url()).pathname).toBe(`/projects/7/tasks/${id}`)
      expect(log.filter((line) => line.startsWith('POST'))).toEqual([])
    })
  })
}
