import '../../base/test/dom.ts'

import { createKernel, type Kernel } from '@mizan/base'
import { type ReactElement, StrictMode } from 'react'
import { createRoot, hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'

import { taskContext, type TaskContextParams } from '../../base/test/board-client.ts'
import { boardServer } from '../../base/test/board-server.ts'
import {
  type ContextProvider,
  createContextProvider,
  MizanProvider,
  useContextMember,
} from './index.ts'

const TaskContext: ContextProvider<TaskContextParams> = createContextProvider(
  taskContext,
  'TaskContext',
)

function Title({ onShow }: { onShow?: (text: string) => void }): ReactElement {
  const { data, status } = useContextMember(TaskContext, taskContext, 'taskDetail', { taskId: 5 })
  onShow?.(`${status} ${data?.title}`)
  return <h1>{data?.title}</h1>
}

function Page({
  kernel,
  onShow,
}: {
  kernel: Kernel
  onShow?: (text: string) => void
}): ReactElement {
  return (
    <StrictMode>
      <MizanProvider kernel={kernel}>
        <Title onShow={onShow} />
      </MizanProvider>
    </StrictMode>
  )
}

/** Renders with `start` and resolves when the page shows `text`. */
function shown(start: (onShow: (text: string) => void) => void, text: string): Promise<void> {
  return new Promise((resolve) => start((now) => now === text && resolve()))
}

describe('a page', () => {
  it('takes over the HTML of a server without a difference and without a request', async () => {
    await using server = await boardServer()
    const rendering = createKernel({ origin: server.origin })
    await rendering.load(taskContext, { taskId: 5 })
    const host = document.createElement('div')
    host.innerHTML = renderToString(<Page kernel={rendering} />)
    const heading = host.firstChild
    const kernel = createKernel({ origin: server.origin, state: rendering.dehydrate() })
    const differences: unknown[] = []
    await shown((onShow) => {
      hydrateRoot(host, <Page kernel={kernel} onShow={onShow} />, {
        onRecoverableError: (error) => differences.push(error),
      })
    }, 'success Task 5')
    await kernel.refetch(taskContext, { taskId: 5 })
    expect(differences).toEqual([])
    expect(host.firstChild).toBe(heading)
    expect(server.log).toEqual(['GET task?task_id=5', 'GET task?task_id=5'])
  })

  it('in strict mode, where effects run twice, asks once', async () => {
    await using server = await boardServer()
    const kernel = createKernel({ origin: server.origin })
    const root = createRoot(document.createElement('div'))
    await shown((onShow) => root.render(<Page kernel={kernel} onShow={onShow} />), 'success Task 5')
    expect(server.log).toEqual(['GET task?task_id=5'])
    root.unmount()
  })
})
