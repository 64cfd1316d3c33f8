import { createKernel } from '@mizan/base'
import { type ReactElement, Suspense } from 'react'
import { renderToReadableStream } from 'react-dom/server.edge'
import { expect, it } from 'vitest'

import { taskContext } from '../../base/test/board-client.ts'
import { boardServer } from '../../base/test/board-server.ts'
import { createContextProvider, MizanProvider, useContextMember } from './index.ts'
import { suspend } from './suspense.ts'

const provider = createContextProvider(taskContext, 'TaskContext')

function Title(): ReactElement {
  const { data } = suspend(useContextMember(provider, taskContext, 'taskDetail', { taskId: 5 }))
  return <h1>{data.title}</h1>
}

it('a server streams the page at once, and what was loading as soon as it is there', async () => {
  await using server = await boardServer()
  const hold = server.hold('GET task')
  const kernel = createKernel({ origin: server.origin })
  const stream = await renderToReadableStream(
    <MizanProvider kernel={kernel}>
      <main>
        <Suspense fallback={<p>Loading</p>}>
          <Title />
        </Suspense>
      </main>
    </MizanProvider>,
  )
  const parts: string[] = []
  const decoder = new TextDecoder()
  await hold.arrived
  for await (const part of stream) {
    parts.push(decoder.decode(part, { stream: true }))
    hold.release()
  }
  expect(parts[0]).toContain('Loading')
  expect(parts[0]).not.toContain('Task 5')
  expect(parts.slice(1).join('')).toContain('<h1>Task 5</h1>')
  expect(kernel.dehydrate().contexts).toHaveLength(1)
  expect(server.log).toEqual(['GET task?task_id=5'])
})
