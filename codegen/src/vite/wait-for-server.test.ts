import { mkdir, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { freePort, temporaryFolder } from '@mizan/testing/resources'
import { createServer as createVite } from 'vite'
import { expect, test } from 'vitest'
import { findProject } from './find-project.ts'
import { waitForServer } from './wait-for-server.ts'

test('a proxied request waits for an edit to be followed, and for a server that is not there yet', async () => {
  await using folder = await temporaryFolder()
  const port = await freePort()
  const vite = await createVite({
    configFile: false,
    logLevel: 'silent',
    root: folder.path,
    plugins: [waitForServer(findProject({ root: folder.path }))],
    server: { host: '127.0.0.1', port: 0, proxy: { '/api': `http://127.0.0.1:${port}` } },
  })
  const behind = createServer((request, response) => response.end(`answer to ${request.url}`))
  try {
    await vite.listen()
    const own = vite.resolvedUrls?.local[0] ?? ''
    await mkdir(join(folder.path, '.mizan'))
    await writeFile(join(folder.path, '.mizan', 'dev-edit'), '')
    let answered = false
    const waiting = fetch(`${own}api/mizan/session/`).finally(() => (answered = true))
    // Not held up: what Vite serves itself.
    expect((await fetch(`${own}@vite/client`)).status).toBe(200)
    await new Promise<void>((resolve) => behind.listen(port, '127.0.0.1', resolve))
    expect((await fetch(`http://127.0.0.1:${port}`)).status).toBe(200)
    expect(answered).toBe(false)
    await rm(join(folder.path, '.mizan', 'dev-edit'))
    expect(await (await waiting).text()).toBe('answer to /api/mizan/session/')
  } finally {
    await vite.close()
    await new Promise((resolve) => behind.close(resolve))
  }
})
