/** One change is heard of in several ways: by the answer, from another tab, over the socket. It is acted on once. */

import type { KernelRequest } from '../transport.ts'

/** The request header that names a call; what the server pushes because of it carries the same name. */
const header = 'x-mizan-call'

/** How many names are remembered. */
const most = 1000

/** A call with a name, its own or one that a layer further out gave it. */
export function withCallId(request: KernelRequest): {
  readonly id: string
  request: KernelRequest
} {
  const known = request.headers[header]
  if (known !== undefined) return { id: known, request }
  const id = crypto.randomUUID()
  return { id, request: { ...request, headers: { ...request.headers, [header]: id } } }
}

/** The changes that one kernel has heard of. */
export interface HeardChanges {
  /** Whether it is the first time. */
  isNew(id: string): boolean
}

const all = new WeakMap<object, HeardChanges>()

/** Those of `kernel`, shared by its layers. */
export function heardBy(kernel: object): HeardChanges {
  const heard = all.get(kernel) ?? createHeard()
  all.set(kernel, heard)
  return heard
}

function createHeard(): HeardChanges {
  const ids = new Set<string>()
  return {
    isNew(id) {
      if (ids.has(id)) return false
      if (ids.size >= most) ids.clear()
      ids.add(id)
      return true
    },
  }
}
