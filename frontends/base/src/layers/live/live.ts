/** Other people's changes arrive by themselves, and channels are carried (PROTOCOL section 10). */

import type { ServerFrame } from '@mizan/protocol'

import type { InstanceStore } from '../../instance-store.ts'
import type { Kernel } from '../../kernel.ts'
import type { KernelLayer } from '../../transport.ts'
import { backOff } from '../back-off.ts'
import { heardBy, withCallId } from '../call-ids.ts'
import { createChannels } from './channels.ts'
import {
  type ConnectionOptions,
  createConnection,
  type LiveConnection,
  type LiveSocket,
} from './connection.ts'
import { createOwnCalls, type OwnCalls } from './own-calls.ts'
import { createSubscriptions } from './subscriptions.ts'

/** Options of {@link live}. */
export interface LiveOptions {
  /** @default /api/mizan/live/ of the page's origin */
  readonly url?: string
  /** A token to sign in with, where the page has no session cookie. */
  readonly token?: () => string | null | Promise<string | null>
  /** @default WebSocket */
  readonly open?: (url: string) => LiveSocket
  /** Milliseconds before attempt `n` to come back, counted from 1. @default 1, 2, 4 … seconds, at most 30, with jitter */
  readonly delay?: (n: number) => number
}

/** A layer with a connection of its own. */
export interface LiveLayer extends KernelLayer {
  /** Ends the connection for good. */
  close(): void
}

/**
 * Keeps mounted instances up to date over a WebSocket, which is made when the first one is shown. While it is lost pages
 * work on, and what was missed is made up for when it is back.
 */
export function live(options: LiveOptions = {}): LiveLayer {
  let connection: LiveConnection | undefined
  const own = createOwnCalls()
  const around: KernelLayer = async (given, next) => {
    if (given.idempotent) return next(given)
    const { id, request } = withCallId(given)
    return own.track(id, () => next(request))
  }
  return Object.assign(around, {
    attach(kernel: Kernel, store: Store) {
      connection = connect(kernel, store, { ...options, own })
    },
    close: () => connection?.close(),
  })
}

/** The session that the socket was opened with has ended. */
const sessionEnded = 4401

type PushFrame = Extract<ServerFrame, { readonly calls?: unknown }>

type Store = Pick<InstanceStore, 'instances' | 'listen'>

function connect(
  kernel: Kernel,
  store: Store,
  { url, token, open = openSocket, delay = backOff, own }: LiveOptions & { readonly own: OwnCalls },
): LiveConnection {
  const heard = heardBy(kernel)
  let lastId = 0
  let isOpen = false
  const to = {
    send: (...[frame]: Parameters<LiveConnection['send']>): void => connection.send(frame),
    nextId: () => ++lastId,
    open: () => connection.open(),
  }
  const subscriptions = createSubscriptions(to)
  const channels = createChannels(to)

  function sync(): void {
    const shown = store.instances().filter((instance) => instance.isWanted())
    if (shown.length > 0) connection.open()
    if (isOpen) subscriptions.sync(shown)
  }

  function pushed({ invalidate, calls }: PushFrame): void {
    if (!calls) kernel.invalidate(invalidate, { from: 'live' })
    let isDone = false
    for (const call of calls ?? []) {
      own.unlessAnswered(call, () => {
        if (!heard.isNew(call) || isDone) return
        isDone = true
        kernel.invalidate(invalidate, { from: 'live' })
      })
    }
  }

  const settings: ConnectionOptions = { url: () => url ?? pageUrl(), token, open, delay }
  const connection = createConnection(settings, {
    onOpen() {
      isOpen = true
      sync()
      channels.rejoin()
    },
    onFrame(frame) {
      if (subscriptions.take(frame) || channels.take(frame)) return
      if ('resync' in frame) subscriptions.renew()
      else if (!('id' in frame || 'error' in frame)) {
        pushed(frame)
      }
    },
    onClose(code) {
      isOpen = false
      subscriptions.forget()
      channels.lose()
      if (code === sessionEnded) kernel.clear()
    },
  })

  let isPlanned = false
  store.listen((instance) => {
    // All was forgotten because somebody else asks from now on, and the socket is still whoever asked before.
    if (!instance) connection.restart()
    if (isPlanned) return
    isPlanned = true
    queueMicrotask(() => {
      isPlanned = false
      sync()
    })
  })
  kernel.channels = channels
  return connection
}

function openSocket(url: string): LiveSocket {
  return new WebSocket(url)
}

function pageUrl(): string {
  return `${location.origin.replace(/^http/, 'ws')}/api/mizan/live/`
}
