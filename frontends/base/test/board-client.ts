/** What `mizan generate` writes for the server in board-server.ts. */

import type { CallDescriptor, ContextDescriptor } from '@mizan/base'

export interface Task {
  id: number
  title: string
  labels: { name: string }[]
  dueAt: Date
}

export interface User {
  name: string
}

export interface TaskContextParams {
  taskId: number
  locale?: string
}

export interface TaskContextData {
  taskDetail: Task
  taskComments: string[]
}

export const taskContext: ContextDescriptor<TaskContextParams, TaskContextData> = {
  name: 'task',
  artifact: '0123456789abcdef',
  params: {
    taskId: { wire: 'task_id', required: true, kind: 'number' },
    locale: { wire: 'locale', required: false, kind: 'string' },
  },
  members: {
    taskDetail: {
      wire: 'task_detail',
      decode: (json) => {
        const task = json as Omit<Task, 'dueAt'> & { dueAt: string }
        return { ...task, dueAt: new Date(task.dueAt) }
      },
    },
    taskComments: { wire: 'task_comments' },
  },
}

export interface GlobalContextData {
  currentUser: User | null
}

export const globalContext: ContextDescriptor<Record<string, never>, GlobalContextData> = {
  name: 'global',
  artifact: '0123456789abcdef',
  params: {},
  members: { currentUser: { wire: 'current_user' } },
}

export interface SearchContextParams {
  text: string | null
  since?: Date
}

export const searchContext: ContextDescriptor<SearchContextParams, { matches: number[] }> = {
  name: 'search',
  artifact: '0123456789abcdef',
  params: {
    text: { wire: 'text', required: true, kind: 'json' },
    since: {
      wire: 'since',
      required: false,
      kind: 'string',
      encode: (value) => value.toISOString(),
    },
  },
  members: { matches: { wire: 'matches' } },
}

export interface UpdateTaskArgs {
  taskId: number
  title?: string
  dueAt?: Date
}

/** Scoped by its argument: `{"context":"task","params":{"task_id":5}}`. */
export const updateTask: CallDescriptor<UpdateTaskArgs, void> = {
  name: 'update_task',
  artifact: '0123456789abcdef',
  args: {
    taskId: { wire: 'task_id' },
    title: { wire: 'title' },
    dueAt: { wire: 'due_at', encode: (value) => value.toISOString() },
  },
  decode: () => undefined,
}

/** A function target: `{"context":"task","function":"task_comments",…}`. */
export const addComment: CallDescriptor<{ taskId: number; text: string }, number> = {
  name: 'add_comment',
  artifact: '0123456789abcdef',
  args: { taskId: { wire: 'task_id' }, text: { wire: 'text' } },
}

/** A broad target and an answer that is an error, because it failed after it had committed. */
export const archiveAll: CallDescriptor<Record<string, never>, void> = {
  name: 'archive_all',
  artifact: '0123456789abcdef',
  args: {},
  decode: () => undefined,
}

/** No targets; the result is the time in the argument plus one day. */
export const nextDay: CallDescriptor<{ at: Date }, Date> = {
  name: 'next_day',
  artifact: '0123456789abcdef',
  args: { at: { wire: 'at', encode: (value) => value.toISOString() } },
  decode: (json) => new Date(json as string),
}

/** Signs in as someone, or out; broad on `global`. */
export const signInAs: CallDescriptor<{ name: string | null }, void> = {
  name: 'sign_in_as',
  artifact: '0123456789abcdef',
  args: { name: { wire: 'name' } },
  decode: () => undefined,
}

/** Changes the name of who is signed in; broad on `global`. */
export const renameUser: CallDescriptor<{ name: string | null }, void> = {
  name: 'rename_user',
  artifact: '0123456789abcdef',
  args: { name: { wire: 'name' } },
  decode: () => undefined,
}
