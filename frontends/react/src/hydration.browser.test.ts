import { browser } from '@mizan/testing/resources'
import { createKernel } from '@mizan/base'
import { build } from 'esbuild'
import { createElement } from 'react'
import { renderToString } from 'react-dom/server'
import { expect, it } from 'vitest'

import { taskContext } from '../../base/test/board-client.ts'
import { boardServer } from '../../base/test/board-server.ts'
import { HydratedPage } from '../test/hydrated-page.ts'

async function script(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [`${import.meta.dirname}/../test/hydrate.ts`],
    bundle: true,
    write: false,
    format: 'esm',
    conditions: ['@mizan/source'],
    define: { 'process.env.NODE_ENV': '"development"' },
  })
  return outputFiles[0]?.text ?? ''
}

it('in Chromium a page takes over the HTML of a server without a request, a flash or a complaint', async () => {
  await using server = await boardServer()
  await using chromium = await browser()
  const kernel = createKernel({ origin: server.origin })
  await kernel.load(taskContext, { taskId: 5 })
  const body = renderToString(createElement(HydratedPage, { kernel }))
  const state = JSON.stringify(kernel.dehydrate())
  const page = await chromium.browser.newPage()
  const complaints: string[] = []
  page.on('console', (message) => {
    // React's advice to install its developer tools.
    if (message.type() !== 'info') complaints.push(message.text())
  })
  page.on('pageerror', (error) => void complaints.push(error.message))
  const code = await script()
  await page.route(`${server.origin}/page/`, (route) =>
    route.fulfill({
      contentType: 'text/html',
      body: `<!doctype html><link rel="icon" href="data:,"><div id="root">${body}</div>
<script type="application/json" id="state">${state}</script>
<script>
  const states = [document.querySelector('#root').textContent]
  new MutationObserver(() => states.push(document.querySelector('#root').textContent))
    .observe(document.querySelector('#root'), { childList: true, subtree: true, characterData: true })
</script><script type="module">${code.replaceAll('</script', '<\\/script')}</script>`,
    }),
  )
  await page.goto(`${server.origin}/page/`)
  await page.getByRole('button', { name: 'Taken over' }).waitFor()
  expect(server.log).toEqual(['GET task?task_id=5'])
  // The button says so after the effects of the page have run: nothing else has changed.
  expect(await page.evaluate('states')).toEqual(['Task 5Rendered', 'Task 5Taken over'])
  expect(complaints).toEqual([])

  // One click is one call, and the scoped refetch that its answer names.
  await page.getByRole('button').click()
  await page.getByRole('heading', { name: 'Changed' }).waitFor()
  expect(server.log.slice(1)).toEqual(['POST update_task', 'GET task?task_id=5'])
})
