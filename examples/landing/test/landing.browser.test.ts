/** One landing page in two libraries, rendered by one worker: the same lines for both. */

import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { violations } from '../../board/test/axe.ts'
import { hostile } from '../../board/test/hostile-texts.ts'
import { countElements } from '../../board/test/read-document.ts'
import { watchPage } from '../../board/test/watch-page.ts'
import { type RunningLanding, startLanding } from './start-landing.ts'

// As for the boards: the machine may be busy with other suites.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

let landing: RunningLanding
beforeAll(async () => {
  landing = await startLanding(hostile)
})
afterAll(() => landing[Symbol.asyncDispose]())

const soon = { timeout: 60_000 }
const guests = (page: Page): Promise<string> => page.getByTestId('guests').innerText()

describe.each([
  ['Vue', '/vue/'],
  ['Svelte', '/svelte/'],
])('the landing page in %s', (library, path) => {
  test('is taken over as it came, whatever is written in it: no request, no flash, no complaint', async () => {
    await using context = await landing.browser.newContext()
    const page = await context.newPage()
    page.setDefaultTimeout(soon.timeout)
    const { complaints, states } = await watchPage(page)
    const asked: string[] = []
    page.on('request', (request) => void asked.push(new URL(request.url()).pathname))
    const answer = await page.goto(`${landing.url}${path}`)
    const email = page.getByLabel('Your e-mail address')
    await page.getByRole('button', { name: 'Tell me' }).click()
    await page.getByRole('alert').waitFor()
    expect(asked.filter((one) => one.startsWith('/api/'))).toEqual([])
    expect(await states()).toHaveLength(2)
    expect(await page.getByText('</script>').textContent()).toBe(hostile)
    expect(await page.evaluate(() => 'pwned' in globalThis)).toBe(false)
    expect(countElements((await answer?.text()) ?? '')).toMatchObject({ h1: 1, script: 2 })
    expect(await email.evaluate((element) => element === document.activeElement)).toBe(true)
    expect(await violations(page)).toEqual([])
    expect(complaints).toEqual([])
  })

  test('who signs up is counted, by keyboard and without a script, and the page is rendered anew for everybody', async () => {
    await using context = await landing.browser.newContext()
    const page = await context.newPage()
    page.setDefaultTimeout(soon.timeout)
    await page.goto(`${landing.url}${path}`)
    const before = landing.guests.count
    const calls: string[] = []
    page.on('request', (request) => void calls.push(new URL(request.url()).pathname))
    await page.keyboard.press('Tab')
    await page.keyboard.type(`${library}@example.org`)
    await page.keyboard.press('Enter')
    await page.getByRole('status').getByText('We will write to you.').waitFor()
    await expect.poll(() => guests(page), soon).toBe(`${before + 1} people wait for it.`)
    expect(calls).toEqual(['/api/mizan/call/'])

    await using plain = await landing.browser.newContext({ javaScriptEnabled: false })
    const other = await plain.newPage()
    const answer = await other.goto(`${landing.url}${path}`)
    expect(await guests(other)).toBe(`${before + 1} people wait for it.`)
    expect(answer?.headers()['x-mizan-cache']).toMatch(/^public/)
    await other.getByLabel('Your e-mail address').fill(`${library}-plain@example.org`)
    await other.keyboard.press('Enter')
    await other.getByText(`${before + 2} people wait for it.`).waitFor()
    expect(new URL(other.url()).pathname).toBe(path)
  })
})
