/** What axe finds on a page: one line each, everything in light, contrast again in dark. */

import { createRequire } from 'node:module'
import type { AxeResults, RunOnly } from 'axe-core'
import type { Page } from 'playwright-core'

const axePath = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const standards = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds here. */
export async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: axePath })
  const light = await run(page, { type: 'tag', values: standards })
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  const dark = await run(page, { type: 'rule', values: ['color-contrast'] })
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  return [...light, ...dark.map((line) => `dark: ${line}`)]
}

async function run(page: Page, runOnly: RunOnly): Promise<string[]> {
  const results = await page.evaluate(
    (only) =>
      // cast: the script tag brought it; and its own promise type is that of a browser
      (globalThis as unknown as { axe: typeof import('axe-core') }).axe.run({
        runOnly: only,
        resultTypes: ['violations'],
      }) as Promise<AxeResults>,
    runOnly,
  )
  return results.violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
  )
}
