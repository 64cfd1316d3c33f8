/** Every page that the server renders begins in the browser as it came: no request, no complaint, no other text. */

import { beforeAll, describe, expect, test } from 'vitest'
import type { BoardInBrowser } from './board-in-browser.ts'
import { hostile, makeHostile } from './hostile-texts.ts'
import { ada } from './people.ts'
import { countElements, textsOf } from './read-document.ts'
import { watchPage } from './watch-page.ts'

/** The project of the public page below. */
const project = 9

export function describePages(board: () => BoardInBrowser): void {
  describe('a page that the server rendered begins in the browser as it came:', () => {
    beforeAll(() => board().restart(() => makeHostile(board().databaseUrl, project)))

    test.each([
      ['a workspace', '/workspaces/1'],
      ['the first workspace', '/'],
      ['a project', '/projects/1'],
      ['an open task', '/projects/1/tasks/1'],
      ['a workspace with hostile texts', '/workspaces/2'],
      ['an open task with hostile texts', `/projects/${project}/tasks/{first}`],
    ])('%s', async (_what, path) => {
      await using tab = await board().openTab(`/projects/${project}`, ada)
      const { page, log } = tab
      const first = await page.locator('[data-task]').first().getAttribute('data-task')
      const { complaints, states } = await watchPage(page)
      const answer = await page.goto(`${board().url}${path.replace('{first}', first ?? '')}`)
      await tab.isLive()
      const [title, ...others] = textsOf((await answer?.text()) ?? '', 'title')
      expect([title, others]).toEqual([await page.title(), []])
      expect(title).toMatch(/. · Board$/)
      expect(log).toEqual([])
      expect(complaints).toEqual([])
      expect(await states()).toHaveLength(1)
      expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
    })

    test('the sign-in page, which also a clock and a zone elsewhere do not disturb', async () => {
      const context = await board().browser.newContext({ timezoneId: 'Pacific/Kiritimati' })
      try {
        const page = await context.newPage()
        const asked: string[] = []
        page.on('request', (request) => void asked.push(request.url()))
        const { complaints } = await watchPage(page)
        await page.goto(`${board().url}/`)
        await page.getByRole('button', { name: 'Ada Okafor' }).click()
        await page.getByRole('heading', { level: 1 }).filter({ hasText: 'pwned' }).waitFor()
        const first = asked.findIndex((url) => url.includes('/api/'))
        expect(asked[first]).toContain('/call/')
        await page.goto(`${board().url}/projects/1/tasks/1`)
        await page.getByRole('button', { name: 'Comment' }).waitFor()
        expect(complaints).toEqual([])
      } finally {
        await context.close()
      }
    })

    test('without a script somebody signs in, and sees the page that was asked for', async () => {
      const context = await board().browser.newContext({ javaScriptEnabled: false })
      try {
        const page = await context.newPage()
        await page.goto(`${board().url}/projects/2`)
        expect(await page.title()).toBe('Sign in · Board')
        await page.getByRole('button', { name: 'Bela Novak' }).click()
        await page.locator('[data-task]').first().waitFor()
        expect(new URL(page.url()).pathname).toBe('/projects/2')
        expect(await page.title()).toBe('Design system · Board')
        expect(await page.locator('[data-task]').count()).toBeGreaterThan(0)
      } finally {
        await context.close()
      }
    })

    test('the public page holds hostile texts as texts', async () => {
      await using tab = await board().openTab(`/projects/${project}`, ada)
      const { page } = tab
      const path = await page.getByRole('link', { name: 'Public page' }).getAttribute('href')
      const { complaints } = await watchPage(page)
      const answer = await page.goto(`${board().url}${path}`)
      const html = (await answer?.text()) ?? ''
      expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
      expect(complaints).toEqual([])
      expect(textsOf(html, 'li')).toContain(hostile)
      expect(countElements(html)).not.toHaveProperty('img')
    })
  })
}
