/** Channels as hooks use them, over whatever connection the kernel has. */

import type { MizanError } from '@mizan/protocol'

import type { ChannelDescriptor } from './descriptors.ts'
import type { ChannelSession, ChannelTransport } from './channel-transport.ts'
import type { Kernel } from './kernel.ts'
import { toWire } from './requests.ts'

/** `closed` is before the join, after leaving, and when the server refused. */
export type ChannelStatus = 'joining' | 'joined' | 'closed'

/** A frozen snapshot of a joined channel. */
export interface ChannelState {
  readonly status: ChannelStatus
  /** What the channel tells of everybody who is there. */
  readonly present: readonly unknown[]
  /** Why the server refused. */
  readonly error: MizanError | undefined
}

/** What a page does with what comes. */
export interface ChannelOptions<Message> {
  /** Called with each message of others, in order, also those missed while the connection was away. */
  readonly onMessage?: (message: Message) => void
  /** Called when messages were missed that the server does not keep any more. */
  readonly onGap?: () => void
}

/** One hook's membership of one channel. */
export interface ChannelObservation<Message> {
  /** Equal for equal channels and params. */
  readonly key: string
  /** Keeps its identity until it changes. */
  read(): ChannelState
  /**
   * Joins; when the last one leaves, the channel is left.
   *
   * @throws TypeError when no layer of the kernel carries channels.
   */
  subscribe(listener: () => void): () => void
  /**
   * Sends to everybody who is there.
   *
   * @throws TypeError before the channel was mounted.
   */
  send(message: Message): void
}

const closed: ChannelState = Object.freeze({ status: 'closed', present: [], error: undefined })

/** Observes a channel; `options` are read at each message. */
export function observeChannel<Params, Message>(
  kernel: Kernel,
  channel: ChannelDescriptor<Params, Message>,
  { params, options }: { params: Params; options: () => ChannelOptions<Message> },
): ChannelObservation<Message> {
  const wire = toWire(channel.params, params)
  const listeners = new Set<() => void>()
  let state = closed
  let session: ChannelSession | undefined

  function set(change: Partial<ChannelState>): void {
    const next = { ...state, ...change }
    // A connection that is made again and again is one change.
    if (Object.entries(next).every(([key, value]) => state[key as keyof ChannelState] === value))
      return // cast: its own keys
    state = Object.freeze(next)
    for (const listener of [...listeners]) listener()
  }

  function join(): ChannelSession {
    state = Object.freeze({ ...closed, status: 'joining' })
    return transportOf(kernel, channel.name).join(
      { channel: channel.name, artifact: channel.artifact, params: wire },
      {
        onJoined: (present) => set({ status: 'joined', present, error: undefined }),
        onJoining: () => set({ status: 'joining' }),
        onPresent: (present) => set({ present }),
        onRefused: (error) => set({ status: 'closed', present: [], error }),
        // cast: without a decode the declared type is plain JSON.
        onMessage: (json) =>
          options().onMessage?.(channel.decode ? channel.decode(json) : (json as Message)),
        onGap: () => options().onGap?.(),
      },
    )
  }

  return {
    key: `${channel.artifact}/${channel.name}?${JSON.stringify(wire)}`,
    read: () => state,
    subscribe(listener) {
      const entry = (): void => listener()
      session ??= join()
      listeners.add(entry)
      return () => {
        listeners.delete(entry)
        // Later, because frameworks leave and come back within one task.
        queueMicrotask(() => {
          if (listeners.size > 0) return
          session?.leave()
          session = undefined
          state = closed
        })
      }
    },
    send(message) {
      if (!session) throw new TypeError(`${channel.name}: the channel is not joined yet`)
      session.send(channel.encode ? channel.encode(message) : message)
    },
  }
}

function transportOf({ channels }: Kernel, name: string): ChannelTransport {
  if (channels) return channels
  throw new TypeError(
    `${name}: channels need a live connection: give the kernel a layer that has one, createKernel(options, live())`,
  )
}
