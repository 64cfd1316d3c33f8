/** Channels over the live connection: each message once and in order, also across a lost connection. */

import {
  type ClientFrame,
  type FrameId,
  type JoinedBody,
  MizanError,
  type ServerFrame,
} from '@mizan/protocol'

import type { ChannelJoin, ChannelListener, ChannelTransport } from '../../channel-transport.ts'

interface Member {
  readonly join: ChannelJoin
  readonly listener: ChannelListener
  isJoined: boolean
  /** The last message that was seen. */
  since: number | undefined
  /** What was sent before the server let us in. */
  readonly unsent: unknown[]
}

/** The channels of one connection. */
export interface Channels extends ChannelTransport {
  /** Joins everything again on a new connection. */
  rejoin(): void
  /** The connection was lost. */
  lose(): void
  /** Takes a frame of a channel; `false` for any other. */
  take(frame: ServerFrame): boolean
}

/** How channels reach their connection. */
export interface ChannelsOptions {
  readonly send: (frame: ClientFrame) => void
  readonly nextId: () => number
  /** Makes the connection, if there is none. */
  readonly open: () => void
}

/** `join` before the connection is made waits for it. */
export function createChannels({ send, nextId, open }: ChannelsOptions): Channels {
  const members = new Map<FrameId, Member>()

  function ask(id: FrameId, { join: { channel, params }, since }: Member): void {
    send({ id, join: { channel, params, ...(since === undefined ? {} : { since }) } })
  }

  function joined(id: FrameId, member: Member, body: JoinedBody): void {
    member.isJoined = true
    member.listener.onJoined(body.present)
    if (body.gap) member.listener.onGap()
    for (const { seq, message } of body.missed) hear(member, seq, message)
    // A server that started anew counts from the beginning.
    member.since = body.seq
    for (const message of member.unsent.splice(0)) send({ id, send: message })
  }

  return {
    join(join, listener) {
      const id = nextId()
      const member: Member = { join, listener, isJoined: false, since: undefined, unsent: [] }
      members.set(id, member)
      open()
      ask(id, member)
      return {
        send(message) {
          if (member.isJoined) send({ id, send: message })
          else member.unsent.push(message)
        },
        leave() {
          if (members.delete(id)) send({ id, leave: true })
        },
      }
    },
    rejoin() {
      for (const [id, member] of members) ask(id, member)
    },
    lose() {
      for (const member of members.values()) {
        member.isJoined = false
        member.listener.onJoining()
      }
    },
    take(frame) {
      const id = 'id' in frame ? frame.id : undefined
      const member = id === undefined ? undefined : members.get(id)
      if (id === undefined || !member) return false
      if ('joined' in frame) joined(id, member, frame.joined)
      else if ('message' in frame) hear(member, frame.seq, frame.message)
      else if ('present' in frame) member.listener.onPresent(frame.present)
      else if ('error' in frame) {
        const { code, message, details } = frame.error
        // A message that is refused is no reason to leave.
        if (!member.isJoined) members.delete(id)
        member.listener.onRefused(new MizanError(code, message, { details }))
      }
      return true
    },
  }
}

function hear(member: Member, seq: number, message: unknown): void {
  if (member.since !== undefined && seq <= member.since) return
  member.since = seq
  member.listener.onMessage(message)
}
