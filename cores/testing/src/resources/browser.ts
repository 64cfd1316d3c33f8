/** Chromium, driven by Playwright. */

import type { Browser } from 'playwright-core'
import { findTool, isExecutable, MissingToolError } from './tool.ts'

/** A running browser; each test opens its own context in it. */
export interface BrowserResource extends AsyncDisposable {
  readonly browser: Browser
}

/** Milliseconds: a limit for what hangs, also where a busy machine takes half a minute to draw a page. */
const patience = 120_000

const remedy = 'run `apt-get install chromium`, or set CHROMIUM_PATH to a Chromium or Chrome'

/**
 * Starts the Chromium of the system, or the one at `CHROMIUM_PATH`. It listens on a pipe that this process holds, and
 * ends with it. Its pages wait for up to two minutes, unless they are told otherwise.
 *
 * @throws MissingToolError
 */
export async function browser(): Promise<BrowserResource> {
  const executablePath = await findChromium()
  const { chromium } = await import('playwright-core')
  const running = await chromium.launch({
    executablePath,
    timeout: patience,
    // Chromium refuses its sandbox to root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
  const open = running.newContext.bind(running)
  running.newContext = async (options) => {
    const context = await open(options)
    context.setDefaultTimeout(patience)
    return context
  }
  return {
    browser: running,
    [Symbol.asyncDispose]: () => running.close(),
  }
}

async function findChromium(): Promise<string> {
  const given = process.env['CHROMIUM_PATH']
  if (given === undefined || given === '') {
    return findTool(['chromium', 'chromium-browser', 'google-chrome'], remedy)
  }
  if (await isExecutable(given)) return given
  throw new MissingToolError(`the Chromium of CHROMIUM_PATH (${given})`, remedy)
}
