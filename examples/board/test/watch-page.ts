/** What happens to a page from its first byte on. */

import type { Page } from 'playwright-core'

/** What the page said that nobody should hear, and the texts that its main part has shown, without white space. */
export interface Watched {
  readonly complaints: string[]
  states(): Promise<string[]>
}

/** Watches the page from its next load on. */
export async function watchPage(page: Page): Promise<Watched> {
  const complaints: string[] = []
  page.on('console', (message) => void complaints.push(message.text()))
  page.on('pageerror', (error) => void complaints.push(error.message))
  await page.addInitScript(() => {
    const states: string[] = []
    Object.assign(globalThis, { states })
    addEventListener('DOMContentLoaded', () => {
      const keep = (): void => {
        const text = document.querySelector('main')?.textContent?.replace(/\s/g, '') ?? ''
        if (text !== states.at(-1)) states.push(text)
      }
      keep()
      const all = { childList: true, subtree: true, characterData: true }
      new MutationObserver(keep).observe(document.body, all)
    })
  })
  return {
    complaints,
    // cast: set above
    states: () => page.evaluate(() => (globalThis as unknown as { states: string[] }).states),
  }
}
