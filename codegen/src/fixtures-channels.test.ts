import '../../frontends/base/test/dom.ts'

import { createKernel, type KernelLayer, live, type LiveLayer, observeChannel } from '@mizan/base'
import { mizan, upgrade } from '@mizan/node'
import { createApp } from '@mizan/server'
import { nodeServer } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { lobbyTalkChannel } from '../fixtures/channels/mizan/client.gen.ts'
import { functions } from '../fixtures/channels/mizan/server.gen.ts'
import { showProbes } from '../test/pages/probe.ts'
import { reactPage } from '../test/pages/react-page.ts'
import { sveltePage } from '../test/pages/svelte-page.ts'
import { vuePage } from '../test/pages/vue-page.ts'

test.each([
  ['React', async () => reactPage],
  ['Vue', async () => vuePage],
  ['Svelte', sveltePage],
])('a message reaches a page through its hook, and one from it the others: %s', async (_, open) => {
  const page = await open()
  await using app = createApp({ functions })
  await app.start()
  await using server = await nodeServer(mizan(app))
  upgrade(server.server, app)
  // Sockets are no connections that a server ends by itself.
  using layers = new DisposableStack()
  const connect = (): KernelLayer => {
    const layer: LiveLayer = live({
      url: `${server.url.replace('http', 'ws')}${app.base}/live/`,
      // Node's own speaks with Node's events, which the document has replaced. cast: the same in all that is used
      open: (url) => new WebSocket(url) as never,
    })
    layers.defer(() => layer.close())
    return layer
  }
  const kernel = createKernel({ origin: server.url }, connect())
  const heard: string[] = []
  const other = observeChannel(kernel, lobbyTalkChannel, {
    params: {},
    options: () => ({
      onMessage(message) {
        heard.push(message)
        if (message === 'hello') other.send('welcome')
      },
    }),
  })
  const joined = new Promise<void>((resolve) => {
    other.subscribe(() => {
      if (other.read().status === 'joined') resolve()
    })
  })
  await joined
  const { useLobbyTalkChannel } = await page.hooks('channels')
  if (useLobbyTalkChannel === undefined) throw new Error('there is no hook')
  const probe = { kind: 'channel', hook: useLobbyTalkChannel, args: {} } as const
  const outcomes = await showProbes(page, page.createKernel(server.url, connect()), [probe])
  expect(outcomes).toEqual([{ value: 'welcome' }])
  expect(heard).toContain('hello')
})
