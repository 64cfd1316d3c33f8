/** The landing pages as a visitor gets them: both builds, a server on a free port, pages kept in a folder of the test. */

import { execFile } from 'node:child_process'
import { mkdir, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RequestListener } from 'node:http'
import { browser, nodeServer, temporaryFolder } from '@mizan/testing/resources'
import type { Browser } from 'playwright-core'
import { createLanding } from '../src/server/create-landing.ts'
import { createGuestList, type GuestList } from '../src/server/guest-list.ts'

const run = promisify(execFile)
const require = createRequire(import.meta.url)

export interface RunningLanding extends AsyncDisposable {
  readonly url: string
  readonly browser: Browser
  readonly guests: GuestList
}

export async function startLanding(claim: string): Promise<RunningLanding> {
  const resources = new AsyncDisposableStack()
  try {
    const { path: folder } = resources.use(await temporaryFolder())
    await build(folder)
    const guests = createGuestList(claim)
    const { app, server } = createLanding({
      dist: folder,
      pages: join(folder, 'pages'),
      secret: 'a cache secret that only the tests know',
      guests,
    })
    resources.defer(() => app.close())
    await app.start()
    // cast: createServer() was given a listener.
    const [listener] = server.listeners('request') as RequestListener[]
    if (listener === undefined) throw new TypeError('the server has no listener')
    const { url } = resources.use(await nodeServer(listener))
    const chromium = resources.use(await browser())
    const running = resources.move()
    return {
      url,
      browser: chromium.browser,
      guests,
      [Symbol.asyncDispose]: () => running.disposeAsync(),
    }
  } catch (error) {
    await resources.disposeAsync()
    throw error
  }
}

/** The worker leaves packages where they are: below the folder it finds those of the workspace. */
async function build(folder: string): Promise<void> {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const vite = join(dirname(require.resolve('vite/package.json')), 'bin/vite.js')
  const flags = ['--conditions=@mizan/source', '--import', 'tsx', vite, 'build']
  const options = ['--configLoader', 'native', '--logLevel', 'warn', '--emptyOutDir', '--outDir']
  const env = { ...process.env, NODE_ENV: 'production' }
  const vitely = (...more: string[]): Promise<unknown> =>
    run(process.execPath, [...flags, ...options, ...more], { cwd: root, env })
  await mkdir(folder, { recursive: true })
  await symlink(
    dirname(dirname(require.resolve('vite/package.json'))),
    join(folder, 'node_modules'),
  )
  await Promise.all([
    vitely(join(folder, 'client')),
    vitely(join(folder, 'server'), '--ssr', 'src/worker.ts'),
  ])
}
