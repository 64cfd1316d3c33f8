/** A page that the server rendered is taken over as it stands, whatever is written in it. */

import { expect, test } from 'vitest'
import type { BoardFace } from './board-face.ts'
import type { BoardInBrowser } from './board-in-browser.ts'
import { hostile, makeHostile } from './hostile-texts.ts'
import { ada } from './people.ts'
import { countElements, textsOf } from './read-document.ts'
import { watchPage } from './watch-page.ts'

/** A project of Harbour, which no other test shows. */
const project = 9

export function describeHydration(face: BoardFace, board: () => BoardInBrowser): void {
  const { path } = face

  test('what the server rendered is taken over: no request, no flash, no complaint', async () => {
    await using tab = await board().openTab(path(1))
    const { page, log } = tab
    const { complaints, states } = await watchPage(page)
    await page.reload()
    await tab.isLive()
    const title = await face.prepareTitle(page, 'To do')
    await title.press('Enter')
    await page.getByRole('alert').filter({ hasText: 'This is needed' }).waitFor()
    const shown = await states()
    expect(shown[0]).toContain('Websiterelaunch')
    expect(shown.at(-1)?.replace('Thisisneeded', '').length).toBe(shown[0]?.length)
    expect(shown).toHaveLength(2)
    expect(log.filter((line) => !line.includes('live'))).toEqual([])
    expect(complaints).toEqual([])
  })

  test('markup in any text stays a text, in the document and in what takes it over', async () => {
    await using tab = await board().openTab(path(project), ada)
    const { page, log } = tab
    const harmless = (await (await page.reload())?.text()) ?? ''
    await page.goto('about:blank')
    // Not while it serves: what somebody changes in psql is news to every open page.
    await board().restart(() => makeHostile(board().databaseUrl, project))
    const { complaints } = await watchPage(page)
    log.length = 0
    const document = (await (await page.goto(`${board().url}${path(project)}`))?.text()) ?? ''
    await tab.isLive()
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
    const shown = await page.locator('[data-task]').first().textContent()
    expect(shown).toContain(hostile)
    expect(log.filter((line) => !line.includes('live'))).toEqual([])
    expect(complaints).toEqual([])
    // As a parser sees it that knows nothing of our escapes.
    const before = countElements(harmless)
    for (const name of ['script', 'img', 'title', 'li', 'textarea'])
      expect([name, countElements(document)[name]]).toEqual([name, before[name]])
    const [state] = textsOf(document, 'script').filter((text) => text.includes('pwned'))
    expect(JSON.stringify(JSON.parse(state ?? ''))).toContain(JSON.stringify(hostile))
  })
}
