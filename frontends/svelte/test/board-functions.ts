/** What `mizan generate` writes for Svelte. */

import {
  globalContext,
  type GlobalContextData,
  taskContext,
  type TaskContextData,
  type TaskContextParams,
  updateTask,
  type UpdateTaskArgs,
} from '../../base/test/board-client.ts'
import {
  type ContextProvider,
  type ContextResult,
  createContextProvider,
  type InfiniteReadOptions,
  type InfiniteResult,
  type MutationResult,
  type ReadOptions,
  useContextBundle,
  useContextMember,
  useInfiniteContext,
  useMutation,
} from '../src/index.ts'

export const provideTaskContext: ContextProvider<TaskContextParams> = createContextProvider(
  taskContext,
  'TaskContext',
)
export const provideGlobalContext: ContextProvider<Record<string, never>> = createContextProvider(
  globalContext,
  'GlobalContext',
)

export function useTaskContext(
  params?: () => Partial<TaskContextParams>,
): ContextResult<TaskContextData> {
  return useContextBundle(provideTaskContext, taskContext, params)
}

export function useTaskDetail<Value = TaskContextData['taskDetail']>(
  params?: () => Partial<TaskContextParams>,
  options?: () => ReadOptions<TaskContextData['taskDetail'], Value>,
): ContextResult<Value> {
  return useContextMember(provideTaskContext, taskContext, 'taskDetail', params, options)
}

export function useInfiniteTaskContext(
  params: () => Partial<TaskContextParams>,
  options: InfiniteReadOptions<TaskContextParams, TaskContextData>,
): InfiniteResult<TaskContextData> {
  return useInfiniteContext(provideTaskContext, taskContext, params, options)
}

export function useTaskComments(
  params?: () => Partial<TaskContextParams>,
): ContextResult<TaskContextData['taskComments']> {
  return useContextMember(provideTaskContext, taskContext, 'taskComments', params)
}

export function useCurrentUser(): ContextResult<GlobalContextData['currentUser']> {
  return useContextMember(provideGlobalContext, globalContext, 'currentUser')
}

export function useUpdateTask(): MutationResult<UpdateTaskArgs, void> {
  return useMutation(updateTask)
}
