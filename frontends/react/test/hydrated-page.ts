/** A page that is rendered on a server and taken over in a browser. */

import type { Kernel } from '@mizan/base'
import { createElement, type ReactElement, StrictMode, useSyncExternalStore } from 'react'

import { taskContext, updateTask } from '../../base/test/board-client.ts'
import {
  createContextProvider,
  MizanProvider,
  useContextMember,
  useMutation,
} from '../src/index.ts'

const provider = createContextProvider(taskContext, 'TaskContext')

function Task(): ReactElement[] {
  const { data } = useContextMember(provider, taskContext, 'taskDetail', { taskId: 5 })
  const { mutate } = useMutation(updateTask)
  // False on the server and while the page is taken over, true after.
  const isTaken = useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  )
  const onClick = (): void => mutate({ taskId: 5, title: 'Changed' })
  return [
    createElement('h1', { key: 'title' }, data?.title ?? 'Loading'),
    createElement('button', { key: 'save', onClick }, isTaken ? 'Taken over' : 'Rendered'),
  ]
}

export function HydratedPage({ kernel }: { readonly kernel: Kernel }): ReactElement {
  return createElement(
    StrictMode,
    null,
    createElement(MizanProvider, { kernel }, createElement(Task)),
  )
}
