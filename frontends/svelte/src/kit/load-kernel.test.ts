import { createKernel, fetchContext, readState, tags } from '@mizan/base'
import { parse } from 'parse5'
import { expect, it } from 'vitest'

import { taskContext } from '../../../base/test/board-client.ts'
import { boardServer } from '../../../base/test/board-server.ts'
import { loadKernel } from './load-kernel.ts'
import { stateElement } from './state-element.ts'

it('every render has a kernel of its own, which asks as its visitor and reads nothing that SvelteKit would note', async () => {
  await using server = await boardServer()
  const read: Response[] = []
  const visitor = (cookie: string): typeof fetch => {
    return async (path, init) => {
      const headers = { ...Object.fromEntries(new Headers(init?.headers)), cookie }
      const answer = await fetch(`${server.origin}${String(path)}`, { ...init, headers })
      read.push(answer)
      return answer
    }
  }
  const load = loadKernel({ server: (given) => createKernel(given, tags()) })
  const [ada, bela] = [load({ fetch: visitor('ada') }), load({ fetch: visitor('bela') })]
  await Promise.all(
    [ada, bela].map(({ kernel }) => fetchContext(taskContext, { taskId: 5 }, { kernel })),
  )
  expect(ada.kernel).not.toBe(bela.kernel)
  expect(server.headers.map(({ cookie }) => cookie).toSorted()).toEqual(['ada', 'bela'])
  expect(read.map(({ bodyUsed }) => bodyUsed)).toEqual([false, false])
})

it('what a render loaded is in its element, whatever is written in it, for the kernel of the page', async () => {
  await using server = await boardServer()
  const title = '</script><script>alert(1)</script><!--'
  server.tasks.get(5)!.title = title
  const kernel = createKernel({ origin: server.origin })
  await kernel.load(taskContext, { taskId: 5 })
  const html = stateElement(kernel)
  const [{ childNodes: inHead = [] } = {}] = htmlOf(`<head>${html}</head>`)
  expect(inHead).toHaveLength(1)
  const text = html.replace(/^<script[^>]*>|<\/script>$/g, '')
  const state = readState('mizan-state', { getElementById: () => ({ textContent: text }) as never })
  const page = createKernel({
    ...(state && { state }),
    fetch: () => expect.fail('it was asked for'),
  })
  expect((await page.load(taskContext, { taskId: 5 })).taskDetail.title).toBe(title)
})

interface Parsed {
  readonly nodeName: string
  readonly childNodes?: readonly Parsed[]
}

/** The head and the body, as a parser sees them. */
function htmlOf(text: string): readonly Parsed[] {
  const document: Parsed = parse(text)
  return document.childNodes?.find(({ nodeName }) => nodeName === 'html')?.childNodes ?? []
}
