/** The entry of a worker file: `startWorker` under Bun turns it into a process that renders. */

import { createReadStream } from 'node:fs'
import process from 'node:process'
import {
  type BridgeFrame,
  maximumFrameBytes,
  originVariable,
  replyDescriptor,
  requestDescriptor,
} from './frames.ts'
import { LineSplitter } from './line-splitter.ts'
import { nameConsole } from './named-console.ts'
import { registered } from './registry.ts'
import { RenderSession, type WorkerOptions } from './render-session.ts'
import { ReplyChannel } from './reply-channel.ts'
import { watchServer } from './watch-server.ts'

export type {
  RenderFunction,
  RenderRequest,
  RenderResult,
  StreamFunction,
  WorkerOptions,
} from './render-session.ts'

export { componentsFrom, loadFolder, registerComponent } from './registry.ts'

/**
 * Serves renders of `components` to the bridge that started this process. Call it once, at the end of the worker file.
 *
 * @throws Error when the process was not started by `createRenderer` or `ssrPlugin`.
 * @see PROTOCOL section 8
 */
export function startWorker<Component>(options: WorkerOptions<Component>): void {
  const replies = new ReplyChannel(replyDescriptor)
  const origin = process.env[originVariable]
  nameConsole()
  const session = new RenderSession<Component>(
    {
      ...options,
      // cast: what was registered is for the `render` of this file
      components: { ...(registered() as Record<string, Component>), ...options.components },
      ...(origin === undefined ? {} : { kernel: { origin, ...options.kernel } }),
    },
    replies,
  )
  const splitter = new LineSplitter(maximumFrameBytes)
  const leave = (): void => {
    try {
      replies.flush()
    } catch {
      // Nobody reads any more.
    }
    process.exit(0)
  }
  // One component's forgotten promise must not end the renders of all others.
  process.on('unhandledRejection', (error) => {
    process.stderr.write(`A component left a rejected promise behind: ${text(error)}\n`)
  })
  watchServer()
  announce(replies)
  createReadStream('', { fd: requestDescriptor, autoClose: false })
    .on('data', (chunk) => {
      for (const line of splitter.push(Buffer.from(chunk))) {
        // cast: the bridge is this package's own
        session.take(JSON.parse(line) as BridgeFrame, leave)
      }
    })
    .on('error', leave)
    // The server is gone.
    .on('end', leave)
}

function announce(replies: ReplyChannel): void {
  try {
    replies.send({ id: 0, ready: true })
    replies.flush()
  } catch (error) {
    throw new Error(
      'startWorker() found no channel to a server: createRenderer() or ssrPlugin() starts this file',
      { cause: error },
    )
  }
}

function text(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
