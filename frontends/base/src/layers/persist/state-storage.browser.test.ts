import { browser, nodeServer } from '@mizan/testing/resources'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/state-storage.ts`],
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'storages',
  })
  return outputFiles[0]?.text ?? ''
}

it('in Chromium a text outlives its page in either storage', async () => {
  const content = await script()
  await using server = await nodeServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end('<!doctype html><link rel="icon" href="data:,"><title>Storage</title>')
  })
  await using chromium = await browser()
  const page = await chromium.browser.newPage()
  for (const made of ['stateInDatabase("mizan")', 'stateInWebStorage(localStorage)']) {
    const visit = async (): Promise<void> => {
      await page.goto(server.url)
      await page.addScriptTag({ content })
      await page.evaluate(`var kept = storages.${made}`)
    }
    await visit()
    expect(await page.evaluate('kept.read()')).toBeNull()
    await page.evaluate('kept.write("first")')
    await page.evaluate('kept.write("second")')
    await visit()
    expect(await page.evaluate('kept.read()')).toBe('second')
    await page.evaluate('kept.remove()')
    expect(await page.evaluate('kept.read()')).toBeNull()
  }
})
