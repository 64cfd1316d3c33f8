/** Where the page is: a few paths of the History API, so that two tabs can show one project. */

import { useSyncExternalStore } from 'react'
import { usePageStart } from './page-start.ts'

/** What the address bar asks for. */
export type Route =
  | { readonly page: 'home' }
  | { readonly page: 'workspace'; readonly workspaceId: number }
  | { readonly page: 'project'; readonly projectId: number; readonly taskId: number | undefined }
  | { readonly page: 'unknown' }

/** `/projects/5/tasks/12` → the project page with that task open. */
export function parseRoute(path: string): Route {
  if (path === '/' || path === '/index.html') return { page: 'home' }
  const workspace = /^\/workspaces\/([1-9]\d{0,8})\/?$/.exec(path)
  if (workspace) return { page: 'workspace', workspaceId: Number(workspace[1]) }
  const project = /^\/projects\/([1-9]\d{0,8})(?:\/tasks\/([1-9]\d{0,8}))?\/?$/.exec(path)
  if (!project) return { page: 'unknown' }
  const taskId = project[2] === undefined ? undefined : Number(project[2])
  return { page: 'project', projectId: Number(project[1]), taskId }
}

export function workspacePath(workspaceId: number): string {
  return `/workspaces/${workspaceId}`
}

export function projectPath(projectId: number, taskId?: number): string {
  return taskId === undefined ? `/projects/${projectId}` : `/projects/${projectId}/tasks/${taskId}`
}

/** The page that a path belongs to: an open task is not a page of its own. */
export function pagePath(path: string): string {
  const route = parseRoute(path)
  return route.page === 'project' ? projectPath(route.projectId) : path
}

const moved = 'board:moved'

/** Goes to `path` without loading the page again. */
export function navigate(path: string, how: 'push' | 'replace' = 'push'): void {
  if (path === location.pathname) return
  if (how === 'push') history.pushState(null, '', path)
  else history.replaceState(null, '', path)
  dispatchEvent(new Event(moved))
}

/** The path of the address bar. */
export function usePath(): string {
  const start = usePageStart()
  return useSyncExternalStore(
    subscribe,
    () => location.pathname,
    () => start.path,
  )
}

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener)
  addEventListener(moved, listener)
  return () => {
    removeEventListener('popstate', listener)
    removeEventListener(moved, listener)
  }
}
