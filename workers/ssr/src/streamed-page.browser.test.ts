/** A streamed page in Chromium: it is used before it has ended, and asks for nothing that the server sends. */

import { browser } from '@mizan/testing/resources'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BoardApp, boardApp, hostile } from '../test/board-app.ts'

let board: BoardApp
let chromium: Awaited<ReturnType<typeof browser>>
beforeAll(async () => {
  board = await boardApp('bun')
  chromium = await browser()
})
afterAll(async () => {
  await chromium?.[Symbol.asyncDispose]()
  await board?.[Symbol.asyncDispose]()
})

/** Something that happens when the test says so. */
function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open }
}

interface OpenPage extends AsyncDisposable {
  readonly page: Page
  /** What the browser has asked the server's contexts for. */
  readonly reads: string[]
  /** What the console said, and what was thrown. */
  readonly complaints: string[]
}

/** Opens the page, and waits for its first piece. */
async function open(path = '/board/?bound=false', javaScriptEnabled = true): Promise<OpenPage> {
  const context = await chromium.browser.newContext({ javaScriptEnabled })
  const page = await context.newPage()
  // What is waited for comes when a busy machine has got round to it.
  page.setDefaultTimeout(120_000)
  const reads: string[] = []
  const complaints: string[] = []
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.pathname.startsWith('/api/')) reads.push(url.pathname)
  })
  page.on('console', (message) => {
    // React's advice to install its developer tools.
    if (message.type() !== 'info') complaints.push(message.text())
  })
  page.on('pageerror', (error) => void complaints.push(error.message))
  // The icon that nobody names is asked for.
  await page.route('**/favicon.ico', (route) => route.fulfill({ status: 204 }))
  await page.goto(`${board.origin}${path}`, { waitUntil: 'commit' })
  await page.getByRole('heading').waitFor()
  return { page, reads, complaints, [Symbol.asyncDispose]: () => context.close() }
}

const isLoading = (page: Page): Promise<boolean> =>
  page.evaluate('document.readyState === "loading"')

/** The part does not come with the page: what is on screen stays, and what is asked for brings it. */
async function askedFor(slow: ReturnType<typeof gate>): Promise<readonly string[]> {
  await using opened = await open()
  const { page, reads } = opened
  await page.getByRole('button', { name: 'Taken over 0' }).click()
  await page.getByRole('button', { name: 'Watch' }).click()
  expect([await isLoading(page), reads]).toEqual([true, []])
  slow.open()
  await page.getByText('success Asked for').waitFor()
  await page.locator('#slow').getByText('Asked for').waitFor()
  await page.getByRole('button', { name: 'Taken over 1' }).waitFor()
  return reads
}

describe('a page of which a part is still to come', () => {
  test('is used meanwhile, and shows that part with its data, without a request', async () => {
    const slow = gate()
    board.answer = () => slow.opened.then(() => `Slow ${hostile}`)
    await using opened = await open()
    const { page, reads, complaints } = opened
    await page.getByRole('button', { name: 'Taken over 0' }).click()
    await page.getByRole('button', { name: 'Taken over 1' }).waitFor()
    // What the browser mounts by itself waits for what the server reads already.
    await page.getByRole('button', { name: 'Watch' }).click()
    expect(await page.locator('#watcher').textContent()).toBe('loading ')
    expect(await page.locator('#wait').isVisible()).toBe(true)
    expect([await isLoading(page), await page.title()]).toEqual([true, 'Board'])

    slow.open()
    await page.getByRole('button', { name: 'Late 0' }).click()
    await page.getByRole('button', { name: 'Late 1' }).waitFor()
    expect(await page.locator('#slow').textContent()).toBe(`Slow ${hostile}`)
    expect(await page.locator('#watcher').textContent()).toBe(`success Slow ${hostile}`)
    expect(await page.getByRole('heading').textContent()).toBe(`Quick ${hostile}`)
    expect(await page.getByRole('button', { name: 'Taken over 1' }).count()).toBe(1)
    expect(await page.title()).toBe('Late')
    expect([reads, complaints]).toEqual([[], []])
  })

  test('may be drawn anew around that part, which still comes without a request', async () => {
    const slow = gate()
    board.answer = () => slow.opened.then(() => 'Slow')
    await using opened = await open('/board/?bound=true')
    const { page, reads, complaints } = opened
    await page.getByRole('button', { name: 'Taken over 0' }).click()
    await page.getByRole('button', { name: 'Taken over 1' }).waitFor()
    expect(await isLoading(page)).toBe(true)
    slow.open()
    await page.getByRole('button', { name: 'Late 0' }).click()
    await page.getByRole('button', { name: 'Late 1' }).waitFor()
    expect(await page.locator('output').textContent()).toBe('1')
    expect([reads, complaints]).toEqual([[], []])
  })

  test('asks for what has failed on the server, as soon as that is said', async () => {
    const slow = gate()
    let calls = 0
    board.answer = async () => {
      calls += 1
      if (calls > 1) return 'Asked for'
      await slow.opened
      throw new Error('not now')
    }
    expect(await askedFor(slow)).toEqual(['/api/mizan/ctx/slow/'])
  })

  test('asks for what is missing when the worker ends half way', async () => {
    const slow = gate()
    let calls = 0
    board.answer = async () => {
      calls += 1
      if (calls > 1) return 'Asked for'
      await slow.opened
      return 'exit'
    }
    expect(await askedFor(slow)).toEqual(['/api/mizan/ctx/slow/'])
    expect(board.output).toContain('a streamed page failed half way')
  })
})

test('a page whose script comes after its end is taken over without a request', async () => {
  const script = gate()
  board.script = script.opened
  board.answer = () => Promise.resolve('Slow')
  await using opened = await open()
  const { page, reads, complaints } = opened
  await page.locator('#slow').getByText('Slow').waitFor()
  await page.getByRole('button', { name: 'Rendered 0' }).waitFor()
  await expect.poll(() => isLoading(page)).toBe(false)
  script.open()
  await page.getByRole('button', { name: 'Taken over 0' }).click()
  await page.getByRole('button', { name: 'Late 0' }).click()
  await page.getByRole('button', { name: 'Late 1' }).waitFor()
  expect([reads, complaints]).toEqual([[], []])
  board.script = Promise.resolve()
})

test('without scripts all of it is to be read', async () => {
  board.answer = () => Promise.resolve('Slow')
  await using opened = await open('/board/?bound=false', false)
  const { page, complaints } = opened
  await page.locator('#slow').getByText('Slow').waitFor()
  expect(await page.locator('#slow').isVisible()).toBe(true)
  expect(complaints).toEqual([])
})
