import '../../base/test/dom.ts'

import { createKernel, type Kernel } from '@mizan/base'
import { type ReactElement, startTransition, Suspense, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import { describe, expect, it } from 'vitest'

import { taskContext, type TaskContextParams } from '../../base/test/board-client.ts'
import { boardServer } from '../../base/test/board-server.ts'
import {
  type ContextProvider,
  createContextProvider,
  MizanProvider,
  useContextMember,
} from './index.ts'
import { ContextBoundary, suspend } from './suspense.ts'

const TaskContext: ContextProvider<TaskContextParams> = createContextProvider(
  taskContext,
  'TaskContext',
)

function Title({ taskId }: { taskId: number }): ReactElement {
  const { data } = suspend(useContextMember(TaskContext, taskContext, 'taskDetail', { taskId }))
  // Without a question mark: it is there.
  return <h1>{data.title}</h1>
}

interface PageProps {
  readonly kernel: Kernel
  readonly onShow: (show: (taskId: number) => void) => void
}

function Page({ kernel, onShow }: PageProps): ReactElement {
  const [taskId, setTaskId] = useState(5)
  useEffect(() => onShow((next) => startTransition(() => setTaskId(next))), [onShow])
  return (
    <MizanProvider kernel={kernel}>
      <ContextBoundary fallback={(error, retry) => <button onClick={retry}>{error.code}</button>}>
        <Suspense fallback={<p>Loading</p>}>
          <Title taskId={taskId} />
        </Suspense>
      </ContextBoundary>
    </MizanProvider>
  )
}

interface OpenPage extends Disposable {
  readonly host: HTMLElement
  show(taskId: number): void
  shows(text: string): Promise<void>
}

function open(kernel: Kernel): OpenPage {
  const host = document.createElement('div')
  const root = createRoot(host, { onCaughtError: () => {} })
  let show: (taskId: number) => void = () => {}
  root.render(<Page kernel={kernel} onShow={(given) => (show = given)} />)
  return {
    host,
    show: (taskId) => show(taskId),
    shows: (text) =>
      new Promise((resolve) => {
        const check = (): void => {
          if (host.textContent !== text) return
          observer.disconnect()
          resolve()
        }
        const observer = new MutationObserver(check)
        observer.observe(host, { childList: true, subtree: true, characterData: true })
        check()
      }),
    [Symbol.dispose]: () => root.unmount(),
  }
}

describe('suspend', () => {
  it('shows the fallback until the data is there, and asks once', async () => {
    await using server = await boardServer()
    const hold = server.hold('GET task')
    using page = open(createKernel({ origin: server.origin }))
    await hold.arrived
    await page.shows('Loading')
    hold.release()
    await page.shows('Task 5')
    expect(server.log).toEqual(['GET task?task_id=5'])
  })

  it('in a transition keeps what was there before', async () => {
    await using server = await boardServer()
    using page = open(createKernel({ origin: server.origin }))
    await page.shows('Task 5')
    const hold = server.hold('GET task?task_id=6')
    page.show(6)
    await hold.arrived
    expect(page.host.textContent).toBe('Task 5')
    hold.release()
    await page.shows('Task 6')
  })

  it('gives an error to the boundary, whose retry asks again', async () => {
    await using server = await boardServer()
    server.answer('GET task', 503, '')
    using page = open(createKernel({ origin: server.origin }))
    await page.shows('HTTP_503')
    page.host.querySelector('button')?.click()
    await page.shows('Task 5')
    expect(server.log).toEqual(['GET task?task_id=5', 'GET task?task_id=5'])
  })
})
