/** Projects of an origin, each known to one test, and the requests for them that go through the edge. */

import type { IncomingMessage } from 'node:http'
import { type Handler, type Harness, publicHeaders } from './harness.ts'

let lastProject = 0

/** A project that no other test knows. */
export function newProject(): string {
  lastProject += 1
  return String(lastProject)
}

/** Requests to an edge. */
export interface EdgeRequests {
  get(path: string, headers?: Record<string, string>): Promise<Response>
  readProject(id: string, headers?: Record<string, string>): Promise<Response>
  /** Calls a mutation. */
  mutate(): Promise<Response>
}

/** Requests to the edge of a harness, which is there when they are made. */
export function requestsTo(harness: () => Harness): EdgeRequests {
  const get: EdgeRequests['get'] = (path, headers = {}) =>
    fetch(`${harness().url}${path}`, { headers, redirect: 'manual' })
  return {
    get,
    readProject: (id, headers) => get(`/api/mizan/ctx/project/?project_id=${id}`, headers),
    mutate: () =>
      fetch(`${harness().url}/api/mizan/call/`, {
        method: 'POST',
        body: '{"fn":"rename_project","args":{}}',
      }),
  }
}

/** How the edge came by an answer, when it is read. */
export async function outcomeOf(response: Promise<Response>): Promise<string | null> {
  const answer = await response
  await answer.arrayBuffer()
  return answer.headers.get('x-mizan-edge')
}

/** The tags of a project. */
export function tagsOf(id: string): string[] {
  return ['project', 'project;page', `project;project_id=${id}`]
}

/** Which project the origin is asked for. */
export function projectOf(request: IncomingMessage): string {
  return new URL(request.url ?? '', 'http://origin').searchParams.get('project_id') ?? ''
}

/** An origin with one text, which any POST changes; its answers are public. */
export function changing(invalidate: string, headers: Record<string, string> = {}): Handler {
  let version = 1
  return (request, response) => {
    if (request.method === 'POST') {
      version += 1
      response
        .writeHead(200, { 'x-mizan-invalidate': invalidate, ...headers })
        .end('{"result":null}')
      return
    }
    response.writeHead(200, publicHeaders(tagsOf(projectOf(request)))).end(`{"v":${version}}`)
  }
}
