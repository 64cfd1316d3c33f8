/** What people do to a page that is no click on it. */

import pg from 'pg'
import type { Locator, Page } from 'playwright-core'

/** Browsers stop at `maxlength` by themselves. */
export function allowMore(input: Locator): Promise<void> {
  return input.evaluate((element) => element.removeAttribute('maxlength'))
}

/** More than any page of the board has. */
const mostStops = 250

/**
 * Presses Tab, or goes back with Shift, until `goal` has the focus, as somebody without a mouse would.
 *
 * @throws Error when Tab does not lead there, or the focus cannot be seen on the way
 */
export async function focusByTab(
  page: Page,
  goal: Locator,
  key: 'Tab' | 'Shift+Tab' = 'Tab',
): Promise<void> {
  for (let stop = 0; stop < mostStops; stop += 1) {
    await page.keyboard.press(key)
    const at = await goal.evaluate((element) => {
      const { activeElement: active } = document
      const isSeen = active === document.body || active?.matches(':focus-visible') === true
      return { isThere: active === element, isSeen, name: active?.outerHTML.slice(0, 80) }
    })
    if (!at.isSeen) throw new Error(`the focus cannot be seen on ${at.name}`)
    if (at.isThere) return
  }
  throw new Error(`Tab does not lead to ${goal.toString()}`)
}

/** One statement of somebody with psql. */
export async function psql(
  databaseUrl: string,
  statement: string,
  values: readonly unknown[] = [],
): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    await client.query(statement, [...values])
  } finally {
    await client.end()
  }
}
