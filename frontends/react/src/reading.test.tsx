import '../../base/test/dom.ts'

import { createKernel } from '@mizan/base'
import { type ReactElement, useLayoutEffect } from 'react'
import { createRoot } from 'react-dom/client'

import { taskContext, type TaskContextParams } from '../../base/test/board-client.ts'
import {
  describeReading,
  type Reading,
  type ReadingProps,
} from '../../base/test/reading-conformance.ts'
import { listText, nextTask, previousTask, readText } from '../../base/test/reading-texts.ts'
import {
  type ContextProvider,
  createContextProvider,
  MizanProvider,
  useContextMember,
  useInfiniteContext,
} from './index.ts'

const TaskContext: ContextProvider<TaskContextParams> = createContextProvider(
  taskContext,
  'TaskContext',
)

type PartProps = Omit<ReadingProps, 'kernel' | 'first'> & Reading

function Read({ taskId, options, render }: PartProps): ReactElement {
  const task = useContextMember(
    TaskContext,
    taskContext,
    'taskDetail',
    taskId === undefined ? {} : { taskId },
    options,
  )
  return <p data-part="read">{render('read', readText(task.status, task.data, task.isStale))}</p>
}

function List({ taskId, options, render, onList }: PartProps): ReactElement {
  const list = useInfiniteContext(
    TaskContext,
    taskContext,
    taskId === undefined ? {} : { taskId },
    { next: nextTask, previous: previousTask, enabled: options.enabled !== false },
  )
  // At once: who sees the text may ask for more.
  useLayoutEffect(() => onList(list), [onList, list])
  return <p data-part="list">{render('list', listText(list))}</p>
}

describeReading('React', {
  createKernel,
  mount(host, { kernel, first, ...props }) {
    const root = createRoot(host)
    const show = (reading: Reading): void =>
      root.render(
        <MizanProvider kernel={kernel}>
          <Read {...props} {...reading} />
          <List {...props} {...reading} />
        </MizanProvider>,
      )
    show(first)
    return { show, unmount: () => root.unmount() }
  },
})
