import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { temporaryFolder } from '@mizan/testing/resources'
import { expect, test } from 'vitest'
import { main } from '../main.ts'
import type { Terminal } from '../terminal.ts'

async function run(source: string) {
  await using folder = await temporaryFolder()
  return await runIn(folder.path, 'deploy.mjs', source)
}

async function runIn(folder: string, name: string, source: string) {
  await writeFile(join(folder, name), source)
  const printed: string[] = []
  const complaints: string[] = []
  const terminal = {
    print: (text: string) => void printed.push(text),
    say: () => undefined,
    complain: (text: string) => void complaints.push(text),
    dim: (text: string) => text,
  } as unknown as Terminal // cast: what a command uses of it
  const code = await main(['psr', name], { terminal, folder })
  return { code, text: printed.join('\n'), complaint: complaints.join('\n') }
}

const room = (path: string): string =>
  fileURLToPath(new URL(`../../../../${path}`, import.meta.url))
const server = room('cores/server/src/index.ts')
const ssr = room('workers/ssr/src/index.ts')

/** Of all files below. */
async function contentsOf(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = entries.filter((entry) => entry.isFile())
  const texts = files.map((file) => readFile(join(file.parentPath, file.name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

const app = 'export const app = { start: async () => {}, close: async () => {} }'

test('what was rendered, skipped and failed is said; a failure is one of the command', async () => {
  const report = (failed: string): string => `${app}
    export const pages = { renderAll: async () => ({ rendered: ['/a/'],
      skipped: [{ path: '/b/', reason: 'it is not for everybody' }], failed: [${failed}] }) }`
  const good = await run(report(''))
  expect(good).toEqual({
    code: 0,
    text: 'rendered  /a/\nskipped   /b/  it is not for everybody\n1 rendered, 1 skipped, 0 failed',
    complaint: '',
  })
  const bad = await run(report("{ path: '/c/', reason: 'it answered 500' }"))
  expect(bad.code).toBe(1)
  expect(bad.text).toContain('failed    /c/  it answered 500')
})

test('a module that is no app, or does not load, is told what it must export', async () => {
  expect(await run('export const app = 5')).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('must export "app", from createApp(), and "pages"'),
  })
  expect(await run('throw new Error("no database")')).toMatchObject({
    code: 1,
    complaint: expect.stringContaining('does not load: no database'),
  })
})

test('a page that fails makes the command fail, and stays as the last one that was good', async () => {
  await using folder = await temporaryFolder()
  const source = (title: string): string => `
    import { client, collect, createApp, defineContext, view } from ${JSON.stringify(server)}
    import { createFilePageStore, psrPlugin } from ${JSON.stringify(ssr)}
    const Page = defineContext('page')
    const sound = client({ context: Page, route: '/sound/' }, function sound() {
      return view('<h1>sound</h1>')
    })
    const fragile = client({ context: Page, route: '/fragile/' }, function fragile() {
      return view('<h1>' + ${title} + '</h1>')
    })
    const logger = { info() {}, warn() {}, error() {} }
    export const pages = psrPlugin({
      store: createFilePageStore({ folder: ${JSON.stringify(join(folder.path, 'kept'))} }),
      paths: () => ['/sound/', '/fragile/'],
    })
    export const app = createApp({ functions: collect(sound, fragile), plugins: [pages], logger })`
  const good = await runIn(folder.path, 'good.mjs', source("'good'"))
  expect(good).toMatchObject({ code: 0, text: expect.stringContaining('2 rendered') })
  const kept = await contentsOf(join(folder.path, 'kept', 'pages'))
  expect(kept).toContain('<h1>good</h1>')
  const bad = await runIn(folder.path, 'bad.mjs', source('missing.title'))
  expect(bad).toMatchObject({
    code: 1,
    text: expect.stringMatching(/rendered  \/sound\/[^]*failed    \/fragile\/  it answered 500/),
    complaint: expect.stringContaining('1 page could not be rendered'),
  })
  expect(await contentsOf(join(folder.path, 'kept', 'pages'))).toContain('<h1>good</h1>')
})
