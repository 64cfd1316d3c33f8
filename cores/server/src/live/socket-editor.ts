/** There is no HTTP answer on a socket: a header or cookie that would be lost silently is refused. */

import type { RecordingEditor } from '../response-editor.ts'

/** Refuses everything. */
export const socketEditor: RecordingEditor = Object.freeze({
  headers: Object.freeze([]),
  setHeader: () => refuse('setHeader'),
  setCookie: () => refuse('setCookie'),
})

function refuse(what: string): never {
  throw new TypeError(
    `${what}: a call over the live socket has no HTTP answer; take websocket off this function`,
  )
}
