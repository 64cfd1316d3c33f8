import '../../base/test/dom.ts'

import { createKernel } from '@mizan/base'
import { type ReactElement, type ReactNode, useEffect } from 'react'
import { createRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'

import {
  globalContext,
  type GlobalContextData,
  taskContext,
  type TaskContextData,
  type TaskContextParams,
  updateTask,
} from '../../base/test/board-client.ts'
import { describeBinding, type PageProps, type Part } from '../../base/test/binding-conformance.ts'
import {
  type ContextProvider,
  type ContextResult,
  createContextProvider,
  MizanProvider,
  useContextBundle,
  useContextMember,
  useMutation,
} from './index.ts'

const TaskContext: ContextProvider<TaskContextParams> = createContextProvider(
  taskContext,
  'TaskContext',
)
const GlobalContext: ContextProvider<Record<string, never>> = createContextProvider(
  globalContext,
  'GlobalContext',
)

function useTaskContext(params?: Partial<TaskContextParams>): ContextResult<TaskContextData> {
  return useContextBundle(TaskContext, taskContext, params)
}
function useTaskDetail(
  params?: Partial<TaskContextParams>,
): ContextResult<TaskContextData['taskDetail']> {
  return useContextMember(TaskContext, taskContext, 'taskDetail', params)
}
function useTaskComments(): ContextResult<TaskContextData['taskComments']> {
  return useContextMember(TaskContext, taskContext, 'taskComments')
}
function useCurrentUser(): ContextResult<GlobalContextData['currentUser']> {
  return useContextMember(GlobalContext, globalContext, 'currentUser')
}

interface PartProps {
  readonly name: Part
  readonly render: PageProps['render']
}

function Out({ name, children }: { name: Part; children: ReactNode }): ReactElement {
  return <p data-part={name}>{children}</p>
}

function User({ render }: Omit<PartProps, 'name'>): ReactElement {
  const { data, status } = useCurrentUser()
  const shown = data === null ? 'nobody' : data?.name
  return <Out name="user">{render('user', `${status} ${shown}`)}</Out>
}

function Title({ name, render, taskId }: PartProps & { taskId?: number }): ReactElement {
  const { data, status } = useTaskDetail(taskId === undefined ? undefined : { taskId })
  return <Out name={name}>{render(name, `${status} ${data?.title}`)}</Out>
}

function Comments({ name, render }: PartProps): ReactElement {
  const { data, status } = useTaskComments()
  return <Out name={name}>{render(name, `${status} ${data?.join()}`)}</Out>
}

function Bundle({ name, render }: PartProps): ReactElement {
  const { data, status } = useTaskContext()
  const shown = data && `${data.taskDetail.title}: ${data.taskComments.join()}`
  return <Out name={name}>{render(name, `${status} ${shown}`)}</Out>
}

function Save({ render, onMutation }: Pick<PageProps, 'render' | 'onMutation'>): ReactElement {
  const { isPending, error, mutate, mutateAsync, reset } = useMutation(updateTask)
  useEffect(() => {
    onMutation({ mutate, mutateAsync, reset })
  }, [onMutation, mutate, mutateAsync, reset])
  return (
    <>
      <Out name="pending">{render('pending', isPending ? 'yes' : 'no')}</Out>
      <Out name="error">{render('error', error?.code ?? 'none')}</Out>
    </>
  )
}

function Page({ kernel, taskId, render, onMutation }: PageProps): ReactElement {
  return (
    <MizanProvider kernel={kernel}>
      <User render={render} />
      {taskId !== undefined && (
        <TaskContext taskId={taskId}>
          <Title name="title" render={render} />
          <Comments name="comments" render={render} />
          <Bundle name="bundle" render={render} />
          <TaskContext locale="de">
            <Title name="german" render={render} />
          </TaskContext>
          <Title name="six" render={render} taskId={6} />
          <Save render={render} onMutation={onMutation} />
        </TaskContext>
      )}
    </MizanProvider>
  )
}

const ignore: PageProps['render'] = (_, text) => text

describeBinding('React', {
  createKernel,
  mount(host, props) {
    const root = createRoot(host)
    const show = (taskId: number | undefined): void =>
      root.render(<Page {...props} taskId={taskId} />)
    show(props.taskId)
    return { show, unmount: () => root.unmount() }
  },
  renderToString: async (props) => renderToString(<Page {...props} />),
  renderWithoutProvider: (kernel) =>
    renderToString(
      <MizanProvider kernel={kernel}>
        <Title name="title" render={ignore} />
      </MizanProvider>,
    ),
  renderWithoutKernel: () => renderToString(<User render={ignore} />),
  provider: '<TaskContext taskId={…}>',
})
