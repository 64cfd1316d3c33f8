/** What the types of hooks promise to a page. */

import {
  addComment,
  archiveAll,
  globalContext,
  searchContext,
  taskContext,
  type Task,
  type TaskContextParams,
} from '../../base/test/board-client.ts'
import {
  createContextProvider,
  useContextBundle,
  useContextMember,
  useInfiniteContext,
  useMutation,
} from './index.ts'

const TaskContext = createContextProvider(taskContext, 'TaskContext')
const SearchContext = createContextProvider(searchContext, 'SearchContext')
const GlobalContext = createContextProvider(globalContext, 'GlobalContext')

/** A hook returns the declared type of its function, or undefined. */
export function Member(): string | undefined {
  const { data } = useContextMember(TaskContext, taskContext, 'taskDetail', { taskId: 5 })
  const task: Task | undefined = data
  // @ts-expect-error -- a misspelt field
  void data?.titel
  // @ts-expect-error -- the data may not be there yet
  void data.title
  return task?.title
}

/** Params are checked, and each may be inherited. */
export function Params(params: Partial<TaskContextParams>): void {
  useContextBundle(TaskContext, taskContext)
  useContextBundle(TaskContext, taskContext, params)
  useContextBundle(TaskContext, taskContext, { locale: 'de' })
  // @ts-expect-error -- another type
  useContextBundle(TaskContext, taskContext, { taskId: '5' })
  // @ts-expect-error -- a misspelt param
  useContextBundle(TaskContext, taskContext, { task: 5 })
  // @ts-expect-error -- no such member
  useContextMember(TaskContext, taskContext, 'taskHistory')
  // @ts-expect-error -- the provider of another context
  useContextMember(SearchContext, taskContext, 'taskDetail')
  const user: string | undefined = useContextMember(GlobalContext, globalContext, 'currentUser')
    .data?.name
  void user
}

/** Arguments are checked; a function without any is called without. */
export async function Calls(): Promise<number> {
  const { mutate, mutateAsync } = useMutation(addComment)
  mutate({ taskId: 5, text: 'Hello' })
  // @ts-expect-error -- a missing argument
  mutate({ taskId: 5 })
  // @ts-expect-error -- no arguments
  mutate()
  useMutation(archiveAll).mutate()
  return mutateAsync({ taskId: 5, text: 'Hello' })
}

/** Providers take params as props, all of them optional, and nothing else. */
export function Providers(): void {
  TaskContext({ taskId: 5, children: 'below' })
  TaskContext({ locale: 'de' })
  GlobalContext({ children: 'below' })
  // @ts-expect-error -- another type
  TaskContext({ taskId: '5' })
  // @ts-expect-error -- a misspelt param
  TaskContext({ task: 5 })
}

/** Options of reads are checked against the data; what is selected is what is shown. */
export function Options(): number | undefined {
  const taskId = 5
  useContextMember(TaskContext, taskContext, 'taskDetail', { taskId }, { enabled: false })
  useContextBundle(TaskContext, taskContext, {}, { keepPrevious: true })
  const title = useContextMember(
    TaskContext,
    taskContext,
    'taskDetail',
    { taskId },
    { select: (task) => task.title },
  ).data
  const text: string | undefined = title
  void text
  // @ts-expect-error -- a misspelt option
  useContextMember(TaskContext, taskContext, 'taskDetail', { taskId }, { enable: false })
  // @ts-expect-error -- no task
  useContextMember(TaskContext, taskContext, 'taskDetail', { taskId }, { placeholder: 'Soon' })
  const { pages, loadMore } = useInfiniteContext(
    TaskContext,
    taskContext,
    { taskId },
    { next: ({ taskDetail }) => (taskDetail.id < 9 ? { taskId: taskDetail.id + 1 } : undefined) },
  )
  loadMore()
  // @ts-expect-error -- another type of param
  useInfiniteContext(TaskContext, taskContext, { taskId }, { next: () => ({ taskId: '6' }) })
  // @ts-expect-error -- how it goes on is to be said
  useInfiniteContext(TaskContext, taskContext, { taskId }, {})
  return pages[0]?.taskDetail.id
}
