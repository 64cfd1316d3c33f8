/** Pages: renders through the pipe against renders in the process, a kept page against a static file, a hit at the edge. */

import { mkdir, writeFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mizan } from '@mizan/express'
import { headerNames, toManifest } from '@mizan/protocol'
import { client, collect, createApp, defineContext, view } from '@mizan/server'
import { createFilePageStore, createRenderer, psrPlugin } from '@mizan/ssr'
import { temporaryFolder, workerd } from '@mizan/testing/resources'
import { build } from 'esbuild'
import express from 'express'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { requestsPerSecond } from './load.ts'
import { report } from './measured.ts'
import { TablePage } from './pages/table-page.tsx'

const rows = 300
/** Many short turns instead of a few long ones: the best of them had the machine to itself. */
const rounds = 24
const roundTime = 350
const round = (value: number): number => Math.round(value * 100) / 100

await comparePipe('bun')
await comparePipe('node')
await compareStatic()
await compareEdge()

/** 32 in flight, one worker; the best of the rounds of each, which take turns. */
async function comparePipe(runtime: 'bun' | 'node'): Promise<void> {
  await using renderer = createRenderer({
    worker: new URL('./pages/pages.worker.tsx', import.meta.url),
    flags: ['--conditions=@mizan/source'],
    processes: 1,
    runtime,
    maximumRenders: Infinity,
  })
  await renderer.start()
  let [own, piped] = [0, 0]
  for (let count = 0; count < rounds; count += 1) {
    own = Math.max(own, renderHere())
    const began = performance.now()
    let renders = 0
    const work = async (): Promise<void> => {
      while (performance.now() - began < roundTime) {
        await renderer.render('TablePage', { rows, title: `page ${renders}` })
        renders += 1
      }
    }
    await Promise.all(Array.from({ length: 32 }, work))
    piped = Math.max(piped, (renders * 1_000) / (performance.now() - began))
  }
  report({
    what: `a page of ${round(1_000 / own)} ms through the pipe to ${runtime}, against renderToString in Node (${Math.round(piped)}/s : ${Math.round(own)}/s)`,
    value: round(own / piped),
    unit: 'times the time',
    goal: 1.25,
  })
}

function renderHere(): number {
  const began = performance.now()
  let renders = 0
  for (; performance.now() - began < roundTime; renders += 1)
    renderToString(createElement(TablePage, { rows, title: `page ${renders}` }))
  return (renders * 1_000) / (performance.now() - began)
}

/** Both on Express: a kept page, and the same bytes as a file. */
async function compareStatic(): Promise<void> {
  await using folder = await temporaryFolder()
  const html = renderToString(createElement(TablePage, { rows, title: 'kept' }))
  const Page = defineContext('page')
  const page = client({ context: Page, route: '/page/' }, function page(): Response {
    return view(html)
  })
  const store = createFilePageStore({ folder: join(folder.path, 'store'), isShared: false })
  await using app = createApp({ functions: collect(page), plugins: [psrPlugin({ store })] })
  await mkdir(join(folder.path, 'files', 'page'), { recursive: true })
  await writeFile(join(folder.path, 'files', 'page', 'index.html'), html)
  const kept = await listen(express().use(mizan(app)))
  const files = await listen(express().use(express.static(join(folder.path, 'files'))))
  let [fromStore, fromFile] = [0, 0]
  for (let count = 0; count < rounds; count += 1) {
    fromFile = Math.max(fromFile, await load(files))
    fromStore = Math.max(fromStore, await load(kept))
  }
  for (const server of [kept, files]) server.close()
  report({
    what: `a kept page against express.static (${Math.round(fromStore)}/s : ${Math.round(fromFile)}/s)`,
    value: round(fromFile / fromStore),
    unit: 'times the time',
    goal: 1.25,
  })
}

function load(server: Server): Promise<number> {
  const { port } = server.address() as AddressInfo // cast: it listens on TCP
  const request = `GET /page/ HTTP/1.1\r\nHost: localhost\r\n\r\n`
  return requestsPerSecond({ port, request, connections: 8, milliseconds: roundTime })
}

function listen(handler: RequestListener): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer(handler)
    server.listen(0, '127.0.0.1', () => resolve(server))
  })
}

/** One request after the other; the best median of the rounds of each, which take turns. */
async function compareEdge(): Promise<void> {
  const News = defineContext('news')
  const news = client({ context: News }, function news(): string {
    return 'x'.repeat(1_000)
  })
  const { artifact } = createApp({ functions: collect(news) })
  const policy = `public; ttl=3600; tags=news; artifact=${artifact.digest}`
  const origin = await listen((_request, response) => {
    response.writeHead(200, { [headerNames.cache]: policy }).end(`{"news":"${'x'.repeat(1_000)}"}`)
  })
  const { port } = origin.address() as AddressInfo // cast: it listens on TCP
  await using edge = await workerd({
    modules: true,
    script: await bundle(
      `import { createEdge } from '@mizan/edge'
       export { TagVersions } from '@mizan/edge'
       export default createEdge({ manifest: ${JSON.stringify(toManifest(artifact))},
         origin: 'http://127.0.0.1:${port}', versions: (env) => env.TAG_VERSIONS })`,
    ),
    compatibilityDate: '2026-01-01',
    durableObjects: { TAG_VERSIONS: 'TagVersions' },
  })
  await using bare = await workerd({
    modules: true,
    script: `export default { fetch: () => new Response('{"news":"${'x'.repeat(1_000)}"}') }`,
    compatibilityDate: '2026-01-01',
  })
  const path = '/api/mizan/ctx/news/'
  let [hit, plain] = [Infinity, Infinity]
  for (let count = 0; count < rounds; count += 1) {
    hit = Math.min(hit, await medianTime(`${edge.url}${path}`))
    plain = Math.min(plain, await medianTime(`${bare.url}${path}`))
  }
  origin.close()
  report({
    what: `a hit at the edge (${round(hit)} ms) above a bare Worker (${round(plain)} ms)`,
    value: round(hit - plain),
    unit: 'ms more',
    goal: 1,
  })
}

async function bundle(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: {
      contents: source,
      resolveDir: fileURLToPath(new URL('../../workers/edge', import.meta.url)),
    },
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions: ['@mizan/source', 'workerd', 'worker'],
  })
  return outputFiles[0]?.text ?? ''
}

async function medianTime(url: string): Promise<number> {
  const times: number[] = []
  for (let count = 0; count < 60; count += 1) {
    const began = performance.now()
    await (await fetch(url)).arrayBuffer()
    times.push(performance.now() - began)
  }
  return times.sort((a, b) => a - b)[times.length / 2] ?? 0
}
