import { mizan } from '@mizan/node'
import type { JsonSchema } from '@mizan/protocol'
import { type App, client, collect, createApp } from '@mizan/server'
import { browser, nodeServer } from '@mizan/testing/resources'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

import type { UploadOutcome } from '../test/upload-page.ts'

async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/../test/upload-page.ts`],
    bundle: true,
    write: false,
    format: 'iife',
    conditions: ['@mizan/source'],
  })
  return outputFiles[0]?.text ?? ''
}

function deferred(): { readonly promise: Promise<void>; resolve(): void } {
  let resolve = (): void => undefined
  const promise = new Promise<void>((settle) => (resolve = settle))
  return { promise, resolve: () => resolve() }
}

const size = 5_000_000

/** Keeps nothing. */
function createFilesApp(): App {
  const keep = client({ upload: { maxBytes: size } }, function keep(file: File) {
    return [file.name, file.size]
  })
  const functions = collect(keep)
  const file: JsonSchema = { type: 'string', format: 'binary', 'x-mizan': 'file' }
  const params = [{ name: 'file', key: 'file', schema: file, required: true }]
  const [name, fn] = Object.entries(functions.artifact.functions)[0] ?? []
  if (!name || !fn) throw new Error('keep is not there')
  const artifact = { ...functions.artifact, functions: { [name]: { ...fn, params } } }
  return createApp({ functions: { ...functions, artifact } })
}

it('in Chromium a mutation shows how much of its file a real server was sent, and what went wrong', async () => {
  const app = createFilesApp()
  await app.start()
  const handle = mizan(app)
  await using server = await nodeServer((request, response) => {
    if (request.url !== '/') return handle(request, response)
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Uploads</title>')
  })
  await using chromium = await browser()
  const page = await chromium.browser.newPage()
  await page.goto(server.url)
  await page.addScriptTag({ content: await script() })
  const send = (bytes: number): Promise<UploadOutcome> => page.evaluate(`uploads.send(${bytes})`)

  const { result, seen } = await send(size)
  expect(result).toEqual(['ünïcode.bin', size])
  expect(seen.at(-1)).toBeUndefined()
  const told = seen.flatMap((progress) => progress ?? [])
  expect(told.length).toBeGreaterThan(0)
  expect(told.map(({ sent }) => sent)).toEqual(
    told.map(({ sent }) => sent).toSorted((a, b) => a - b),
  )
  const last = told.at(-1)
  expect(last?.sent).toBe(last?.total)
  expect(last?.total).toBeGreaterThan(size)
  expect(last?.total).toBeLessThan(size + 1_000)

  expect(await send(size + 1)).toMatchObject({ result: undefined, code: 'PAYLOAD_TOO_LARGE' })
  server.server.closeAllConnections()
  await app.close()
})

it('in Chromium who leaves ends an upload, and a server that is gone is UNAVAILABLE', async () => {
  const ended = deferred()
  await using server = await nodeServer((request, response) => {
    if (request.url === '/') return response.setHeader('content-type', 'text/html').end('<title>')
    // Never answered.
    request.on('error', () => undefined).resume()
    request.socket.once('close', () => ended.resolve())
  })
  await using chromium = await browser()
  const page = await chromium.browser.newPage()
  await page.goto(server.url)
  await page.addScriptTag({ content: await script() })
  expect(await page.evaluate('uploads.abandon(20_000_000)')).toBe('Error: left')
  await ended.promise

  await page.route('**/call/keep/', (route) => route.abort('connectionreset'))
  const { code, seen } = (await page.evaluate('uploads.send(10)')) as UploadOutcome // cast: what it returns
  expect(code).toBe('UNAVAILABLE')
  expect(seen.at(-1)).toBeUndefined()
})
