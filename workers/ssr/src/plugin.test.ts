import { type App, client, collect, createApp, inject, view } from '@mizan/server'
import type { ProtocolResponse } from '@mizan/protocol'
import { expect, test } from 'vitest'
import { renderDocument, Renderer, ssrPlugin } from './index.ts'

const plugin = {
  worker: new URL('../test/pages.worker.tsx', import.meta.url),
  flags: ['--conditions=@mizan/source'],
  processes: 1,
}

class Pages {
  readonly #renderer = inject(Renderer)

  @client({ route: '/pages/:number/', methods: ['GET'] })
  async numberedPage(number: number): Promise<Response> {
    return view(renderDocument(await this.#renderer.render('Head', { title: `Page ${number}` })))
  }
}

test('a view function renders a page through the app', async () => {
  await using app = createApp({ functions: collect(Pages), plugins: [ssrPlugin(plugin)] })
  await app.start()
  const response = await get(app, '/pages/5/')
  expect(response.status).toBe(200)
  expect(await textOf(response.body)).toContain(
    '<div id="root"><main id="_R_0_">Page 5</main></div>',
  )
})

test('an app whose worker does not start does not start', async () => {
  const worker = new URL('../test/missing.tsx', import.meta.url)
  await using app = createApp({
    functions: collect(Pages),
    plugins: [ssrPlugin({ ...plugin, worker, onOutput: () => undefined })],
  })
  await expect(app.start()).rejects.toThrow('The render worker does not start')
})

test('an app is ready while its workers answer', async () => {
  let renderer: Renderer | undefined
  const taker = client({ route: '/take/', methods: ['GET'] }, function taker(): Response {
    renderer = inject(Renderer)
    return view('taken')
  })
  const plugins = [ssrPlugin({ ...plugin, timeout: 60_000 })]
  await using app = createApp({ functions: collect(taker), plugins })
  await app.start()
  await textOf((await get(app, '/take/')).body)
  await expect.poll(async () => (await get(app, '/health/ready')).status).toBe(200)
  // Its only worker hangs.
  const abort = new AbortController()
  const hanging = renderer?.render('Hanging', {}, { timeout: 10_000, signal: abort.signal })
  await expect.poll(async () => (await get(app, '/health/ready')).status).toBe(503)
  abort.abort()
  await expect(hanging).rejects.toThrow()
  await expect.poll(async () => (await get(app, '/health/ready')).status).toBe(200)
})

async function get(app: App, path: string): Promise<ProtocolResponse> {
  const { signal } = new AbortController()
  return app.handle({ method: 'GET', path, query: '', headers: {}, body: null, signal })
}

async function textOf(body: ProtocolResponse['body']): Promise<string> {
  if (body === null || typeof body === 'string') return body ?? ''
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
