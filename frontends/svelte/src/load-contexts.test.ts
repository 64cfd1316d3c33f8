import { createKernel, fetchContext } from '@mizan/base'
import { expect, it } from 'vitest'

import { taskContext } from '../../base/test/board-client.ts'
import { boardServer } from '../../base/test/board-server.ts'
import { loadContexts } from './load-contexts.ts'

it('what a load fetched with its own fetch, a kernel in the page has at once', async () => {
  await using server = await boardServer()
  // As SvelteKit's: it takes paths of this site, and sends the cookies of the visitor along.
  const event = {
    fetch: (url: string | URL | Request, init?: RequestInit) =>
      fetch(new URL(String(url), server.origin), {
        ...init,
        headers: { ...Object.fromEntries(new Headers(init?.headers)), cookie: 'session=ada' },
      }),
  }
  const loaded = await loadContexts(event, (kernel) =>
    fetchContext(taskContext, { taskId: 5 }, { kernel }),
  )
  const data: typeof loaded = JSON.parse(JSON.stringify(loaded))
  const page = createKernel({ origin: server.origin, state: data.mizan })
  expect((await page.load(taskContext, { taskId: 5 })).taskDetail.title).toBe('Task 5')
  expect(server.headers.map(({ cookie }) => cookie)).toEqual(['session=ada'])
})

it('what fails is thrown, for the error page', async () => {
  await using server = await boardServer()
  const event = {
    fetch: (url: string | URL | Request, init?: RequestInit) =>
      fetch(new URL(String(url), server.origin), init),
  }
  await expect(
    loadContexts(event, (kernel) => kernel.load(taskContext, { taskId: 7 })),
  ).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 })
})
