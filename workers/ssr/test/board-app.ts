/** A server with a page of which one part comes when the test says so. */

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mizan } from '@mizan/node'
import { client, collect, createApp, defineContext } from '@mizan/server'
import { ssrPlugin, streamPage } from '@mizan/ssr'
import { build } from 'esbuild'

/** The server, and what tests decide. */
export interface BoardApp extends AsyncDisposable {
  readonly origin: string
  /** Everything that was asked for, in that order; what the worker asks for too. */
  readonly paths: string[]
  /** What the worker's components have printed, and the server has logged. */
  readonly output: string[]
  /** What the slow context answers, by the number of its call from 1 on. */
  answer: (call: number) => Promise<string>
  /** Holds the browser's script back. */
  script: Promise<unknown>
}

/** Of all answers: what does not carry it does not run. */
export const nonce = 'b0ard'
const policy = `default-src 'self'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'`
const faviconless = `${policy}; img-src data:`

export const hostile = `</script><script>alert(1)</script><!-- \u2028 ' " \\ __proto__`

/** Starts it, with a worker of `runtime`. */
export async function boardApp(runtime: 'bun' | 'node'): Promise<BoardApp> {
  const Quick = defineContext('quick')
  const Slow = defineContext('slow')
  let calls = 0
  const quick = client({ context: Quick }, function quick(): string {
    return `Quick ${hostile}`
  })
  const slow = client({ context: Slow }, function slow(): Promise<string> {
    calls += 1
    return board.answer(calls)
  })
  const page = client(
    { route: '/board/', methods: ['GET'] },
    function page(bound: boolean): Promise<Response> {
      const { digest } = app.artifact
      return streamPage('BoardPage', [Quick], {
        props: { digest, isBound: bound },
        meta: [
          { name: 'digest', content: digest },
          { name: 'bound', content: String(bound) },
        ],
        scripts: ['/page.js'],
        headers: { 'content-security-policy': faviconless },
        timeout: 120_000,
        nonce,
      })
    },
  )
  const code = await bundle()
  const server = createServer((request, response) => {
    const path = request.url ?? '/'
    board.paths.push(path)
    if (path !== '/page.js') return void mizan(app)(request, response)
    void board.script.then(() =>
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(code),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  // cast: a server that listens on a port has an address with one
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const board: BoardApp = {
    origin,
    paths: [],
    output: [],
    answer: () => Promise.resolve('Slow'),
    script: Promise.resolve(),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await app.close()
    },
  }
  const note = (_facts: unknown, text: string): void => void board.output.push(text)
  const app = createApp({
    functions: collect(quick, slow, page),
    logger: { info: note, warn: note, error: note },
    plugins: [
      ssrPlugin({
        worker: new URL('./board.worker.tsx', import.meta.url),
        runtime,
        flags: ['--conditions=@mizan/source'],
        processes: 1,
        origin,
        onOutput: (text) => void board.output.push(text),
      }),
    ],
  })
  await app.start()
  return board
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [new URL('./board-entry.tsx', import.meta.url).pathname],
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    conditions: ['@mizan/source'],
    // What React says of a page that it takes over it says in development.
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  return outputFiles[0]?.text ?? ''
}
