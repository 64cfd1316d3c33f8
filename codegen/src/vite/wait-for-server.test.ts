import { createServer } from 'node:http'
import { freePort, temporaryFolder } from '@mizan/testing/resources'
import { createServer as createVite } from 'vite'
import { expect, test } from 'vitest'
import { waitForServer } from './wait-for-server.ts'

test('a proxied request waits for a server that is not there yet', async () => {
  await using folder = await temporaryFolder()
  const port = await freePort()
  const vite = await createVite({
    configFile: false,
    logLevel: 'silent',
    root: folder.path,
    plugins: [waitForServer()],
    server: { host: '127.0.0.1', port: 0, proxy: { '/api': `http://127.0.0.1:${port}` } },
  })
  const behind = createServer((request, response) => response.end(`answer to ${request.url}`))
  try {
    await vite.listen()
    const own = vite.resolvedUrls?.local[0] ?? ''
    const waiting = fetch(`${own}api/mizan/session/`)
    // Not held up: what Vite serves itself.
    expect((await fetch(`${own}@vite/client`)).status).toBe(200)
    await new Promise<void>((resolve) => behind.listen(port, '127.0.0.1', resolve))
    expect(await (await waiting).text()).toBe('answer to /api/mizan/session/')
  } finally {
    await vite.close()
    await new Promise((resolve) => behind.close(resolve))
  }
})
