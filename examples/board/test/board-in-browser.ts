/** The board with its built pages in Chromium. */

import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { browser, temporaryFolder } from '@mizan/testing/resources'
import type { Express } from 'express'
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from 'playwright-core'
import { expect, vi } from 'vitest'
import { startBoard, type StartOptions } from './board.ts'
import { buildPages } from './build-pages.ts'
import { bela } from './people.ts'

/** Where tests leave pictures. */
export const pictures: string = fileURLToPath(new URL('../test-results', import.meta.url))

// Several browsers, servers and builds may share two cores: what takes a second then takes ten.
vi.setConfig({ testTimeout: 180_000, hookTimeout: 180_000 })

/** How long `expect.poll` waits: as long as Playwright does here. */
export const soon = { timeout: 60_000 } as const

export interface BoardInBrowser extends AsyncDisposable {
  readonly url: string
  /** For somebody with psql. */
  readonly databaseUrl: string
  readonly browser: Browser
  /** Until a restart. */
  readonly express: Express
  /** Ends the server, and starts it anew at the same address after `meanwhile`. */
  restart(meanwhile: () => Promise<unknown>): Promise<void>
  /** A page with cookies of its own, signed in, when all that it shows has arrived. */
  openTab(path: string, personId?: number, options?: BrowserContextOptions): Promise<Tab>
}

export interface Tab extends AsyncDisposable {
  readonly page: Page
  /** What the page asked of the API since the log was last emptied: `POST call/ update_task`, `GET ctx/project/?project_id=1`. */
  readonly log: string[]
  /** Settles when the server knows what the page shows, so that changes by others arrive. */
  isLive(): Promise<void>
  /** Another tab of the same browser, signed in as the same person. */
  openBeside(path: string): Promise<Tab>
}

/** What is built into a folder of the test, as {@link startBoard} takes it. */
export type BuildBoard = (folder: string) => Promise<Pick<StartOptions, 'pages' | 'libraries'>>

/** The board itself. */
export const buildReact: BuildBoard = async (pages) => {
  await buildPages(pages)
  return { pages }
}

export async function startBoardInBrowser(build = buildReact): Promise<BoardInBrowser> {
  const resources = new AsyncDisposableStack()
  try {
    const folder = resources.use(await temporaryFolder())
    const [built] = await Promise.all([build(folder.path), mkdir(pictures, { recursive: true })])
    const { url, databaseUrl, server, restart } = resources.use(await startBoard(built))
    const chromium = resources.use(await browser())
    const running = resources.move()
    return {
      url,
      databaseUrl,
      restart,
      browser: chromium.browser,
      express: server.express,
      openTab: (path, personId = bela, options = {}) =>
        openTab(chromium.browser, { url, path, personId, options }),
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

interface Visit {
  readonly url: string
  readonly path: string
  readonly personId: number
  readonly options: BrowserContextOptions
}

async function openTab(chromium: Browser, visit: Visit): Promise<Tab> {
  const context = await chromium.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    ...visit.options,
  })
  // As the sign-in page does; board.browser.test.ts goes through the page itself.
  await context.request.post(`${visit.url}/api/mizan/call/`, {
    data: { fn: 'sign_in', args: { person_id: visit.personId } },
  })
  return openPage(context, visit.url, visit.path)
}

async function openPage(context: BrowserContext, url: string, path: string): Promise<Tab> {
  const page = await context.newPage()
  page.setDefaultTimeout(soon.timeout)
  const log: string[] = []
  const pending = new Set<Request>()
  page.on('requestfinished', (request) => pending.delete(request))
  page.on('requestfailed', (request) => pending.delete(request))
  page.on('request', (request) => {
    const endpoint = request.url().split('/api/mizan/')[1]
    if (endpoint === undefined) return
    pending.add(request)
    const body = request.postDataJSON() as { fn?: string } | null // cast: the kernel sends CallBody
    log.push(`${request.method()} ${endpoint}${body?.fn === undefined ? '' : ` ${body.fn}`}`)
  })
  const unanswered = new Set<number>()
  let subscriptions = 0
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const { id, subscribe } = JSON.parse(String(payload)) as { id: number; subscribe?: unknown } // cast: the live layer's frames
      if (subscribe === undefined) return
      subscriptions++
      unanswered.add(id)
    })
    socket.on('framereceived', ({ payload }) => {
      const { id } = JSON.parse(String(payload)) as { id?: number } // cast: a frame of the server
      if (id !== undefined) unanswered.delete(id)
    })
  })
  await page.goto(`${url}${path}`)
  await page.getByRole('main').getByRole('heading', { level: 1 }).waitFor()
  await expect.poll(() => pending.size, soon).toBe(0)
  log.length = 0
  return {
    page,
    log,
    isLive: () => expect.poll(() => subscriptions > 0 && unanswered.size === 0, soon).toBe(true),
    openBeside: (other) => openPage(context, url, other),
    [Symbol.asyncDispose]: () => context.close(),
  }
}
