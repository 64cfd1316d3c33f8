import '../../base/test/dom.ts'

import { createKernel } from '@mizan/base'
import { createApp, createSSRApp, defineComponent, h, shallowRef, type VNode } from 'vue'
import { renderToString } from 'vue/server-renderer'

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
  createMizan,
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

type Params = () => Partial<TaskContextParams> | undefined

function useTaskContext(): ContextResult<TaskContextData> {
  return useContextBundle(TaskContext, taskContext)
}
function useTaskDetail(params?: Params): ContextResult<TaskContextData['taskDetail']> {
  return useContextMember(TaskContext, taskContext, 'taskDetail', params)
}
function useTaskComments(): ContextResult<TaskContextData['taskComments']> {
  return useContextMember(TaskContext, taskContext, 'taskComments')
}
function useCurrentUser(): ContextResult<GlobalContextData['currentUser']> {
  return useContextMember(GlobalContext, globalContext, 'currentUser')
}

interface PartProps {
  readonly render: PageProps['render']
}

function out(name: Part, text: string): VNode {
  return h('p', { 'data-part': name }, text)
}

const User = defineComponent<PartProps>(
  ({ render }) => {
    const { data, status } = useCurrentUser()
    return () => {
      const shown = data.value === null ? 'nobody' : data.value?.name
      return out('user', render('user', `${status.value} ${shown}`))
    }
  },
  { props: ['render'] },
)

const Title = defineComponent<PartProps & { name: Part; taskId?: number }>(
  (props) => {
    const { data, status } = useTaskDetail(() =>
      props.taskId === undefined ? undefined : { taskId: props.taskId },
    )
    return () => out(props.name, props.render(props.name, `${status.value} ${data.value?.title}`))
  },
  { props: ['render', 'name', 'taskId'] },
)

const Comments = defineComponent<PartProps>(
  ({ render }) => {
    const { data, status } = useTaskComments()
    return () => out('comments', render('comments', `${status.value} ${data.value?.join()}`))
  },
  { props: ['render'] },
)

const Bundle = defineComponent<PartProps>(
  ({ render }) => {
    const { data, status } = useTaskContext()
    return () => {
      const { taskDetail, taskComments } = data.value ?? {}
      const shown = taskDetail && `${taskDetail.title}: ${taskComments?.join()}`
      return out('bundle', render('bundle', `${status.value} ${shown}`))
    }
  },
  { props: ['render'] },
)

const Save = defineComponent<Pick<PageProps, 'render' | 'onMutation'>>(
  ({ render, onMutation }) => {
    const { isPending, error, mutate, mutateAsync, reset } = useMutation(updateTask)
    onMutation({ mutate, mutateAsync, reset })
    return () => [
      out('pending', render('pending', isPending.value ? 'yes' : 'no')),
      out('error', render('error', error.value?.code ?? 'none')),
    ]
  },
  { props: ['render', 'onMutation'] },
)

type TreeProps = Omit<PageProps, 'kernel'>

function tree({ taskId, render, onMutation }: TreeProps): VNode[] {
  const user = h(User, { render })
  if (taskId === undefined) return [user]
  const below = (): VNode[] => [
    h(Title, { name: 'title', render }),
    h(Comments, { render }),
    h(Bundle, { render }),
    h(TaskContext, { locale: 'de' }, () => h(Title, { name: 'german', render })),
    h(Title, { name: 'six', render, taskId: 6 }),
    h(Save, { render, onMutation }),
  ]
  return [user, h(TaskContext, { taskId }, below)]
}

const ignore: PageProps['render'] = (_, text) => text

describeBinding('Vue', {
  createKernel,
  mount(host, { kernel, ...props }) {
    const taskId = shallowRef(props.taskId)
    const app = createApp({ render: () => tree({ ...props, taskId: taskId.value }) })
    app.use(createMizan(kernel)).mount(host)
    return {
      show(next) {
        taskId.value = next
      },
      unmount: () => app.unmount(),
    }
  },
  renderToString: ({ kernel, ...props }) =>
    renderToString(createSSRApp({ render: () => tree(props) }).use(createMizan(kernel))),
  renderWithoutProvider: (kernel) =>
    mountQuietly(h(Title, { name: 'title', render: ignore }), kernel),
  renderWithoutKernel: () => mountQuietly(h(User, { render: ignore })),
  provider: '<TaskContext :task-id="…">',
})

/** Mounts and throws what is thrown, without Vue's remarks about it on the console. */
function mountQuietly(page: VNode, kernel?: Parameters<typeof createMizan>[0]): void {
  const app = createApp({ render: () => page })
  app.config.warnHandler = () => {}
  if (kernel) app.use(createMizan(kernel))
  app.mount(document.createElement('div'))
}
