import { client, collect, createApp, inject, view } from '@mizan/server'
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
  const response = await app.handle({
    method: 'GET',
    path: '/pages/5/',
    query: '',
    headers: {},
    body: null,
    signal: new AbortController().signal,
  })
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

async function textOf(body: ProtocolResponse['body']): Promise<string> {
  if (body === null || typeof body === 'string') return body ?? ''
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
