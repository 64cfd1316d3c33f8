import { createRequire } from 'node:module'
import { browser } from '@mizan/testing/resources'
import type { AxeResults } from 'axe-core'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'

import { boardServer } from '../../test/board-server.ts'

async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/../../test/devtools-page.ts`],
    bundle: true,
    write: false,
    format: 'iife',
    conditions: ['@mizan/source'],
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  return outputFiles[0]?.text ?? ''
}

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What axe finds, in light and in dark. */
async function violations(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    // cast: what axe documents.
    const results = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as AxeResults
    found.push(...results.violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`))
  }
  return found
}

it('in Chromium the panel shows instances and why they were asked for, by keyboard alone', async () => {
  await using server = await boardServer()
  await using chromium = await browser()
  const page = await chromium.browser.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => void faults.push(error.message))
  const code = (await script()).replaceAll('</script', '<\\/script')
  await page.route(`${server.origin}/page/`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><html lang="en"><link rel="icon" href="data:,"><title>Page</title><body><script>${code}</script>`,
    }),
  )
  await page.goto(`${server.origin}/page/`)
  await page.getByRole('heading', { name: 'Task 5' }).waitFor()

  await page.getByRole('button', { name: 'Open the Mizan developer tools' }).focus()
  await page.keyboard.press('Enter')
  const row = page.getByRole('row').filter({ hasText: 'task?task_id=5' })
  await row.filter({ hasText: 'success' }).filter({ hasText: '* ×1' }).waitFor()
  await page.addScriptTag({ path: axe })
  expect(await violations(page)).toEqual([])

  await page.getByRole('button', { name: 'Rename' }).click()
  await page.getByRole('heading', { name: '<img src=x' }).waitFor()
  await page.getByRole('tab', { name: 'Instances' }).focus()
  await page.keyboard.press('ArrowRight')
  const why = 'call update_task → targets task;task_id=5 → read task?task_id=5 → changed taskDetail'
  await page.getByRole('tabpanel', { name: 'Timeline' }).getByText(why).waitFor()
  expect(await page.evaluate('document.activeElement.shadowRoot.activeElement.textContent')).toBe(
    'Timeline',
  )
  expect(await violations(page)).toEqual([])

  await page.keyboard.press('ArrowRight')
  await row.locator('summary').click()
  await row.getByText('onerror').waitFor()
  expect(await page.title()).toBe('Page')
  server.log.length = 0
  await row.getByRole('button', { name: 'Refetch task?task_id=5' }).click()
  await row.getByRole('button', { name: 'Invalidate task?task_id=5' }).click()
  await page.getByRole('button', { name: 'Go offline' }).click()
  await page.getByRole('button', { name: 'Invalidate all' }).click()
  await row.filter({ hasText: 'UNAVAILABLE' }).waitFor()
  const asked = server.log.length
  expect(asked).toBeGreaterThan(0)
  await page.getByRole('button', { name: 'Go online' }).click()
  await page.getByRole('button', { name: 'Invalidate all' }).click()
  await row.filter({ hasText: 'success' }).waitFor()

  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Open the Mizan developer tools' }).waitFor()
  expect(faults).toEqual([])
})
