/** Channels within one process: everybody who joined with equal params hears what the others send. */

import { MizanError } from '@mizan/protocol'

import type { ChannelJoin, ChannelListener, ChannelTransport } from '../src/channel-transport.ts'

export interface ChannelHub {
  /** The transport of one client, whose name is what others see. */
  transport(name: string): ChannelTransport
  /** Joins that are asked for from now on are refused. */
  refuse(code: string): void
  /** The connection of everybody is lost, and made again. */
  reconnect(options?: { readonly gap?: boolean }): void
  /** Who is there, by channel and params. */
  members(): readonly string[]
}

interface Member {
  readonly name: string
  readonly room: string
  readonly listener: ChannelListener
}

export function channelHub(): ChannelHub {
  const members = new Set<Member>()
  let refusal: string | undefined

  const present = (room: string): string[] =>
    [...members].filter((member) => member.room === room).map(({ name }) => name)

  function announce(room: string): void {
    for (const member of [...members])
      if (member.room === room) member.listener.onPresent(present(room))
  }

  function join(name: string, { channel, params }: ChannelJoin, listener: ChannelListener): Member {
    const member = { name, room: `${channel} ${JSON.stringify(params)}`, listener }
    queueMicrotask(() => {
      if (refusal !== undefined) return listener.onRefused(new MizanError(refusal, 'not here'))
      members.add(member)
      listener.onJoined(present(member.room))
      announce(member.room)
    })
    return member
  }

  return {
    transport: (name) => ({
      join(asked, listener) {
        const member = join(name, asked, listener)
        return {
          send(message) {
            // As a wire would: what is sent is text.
            const json: unknown = JSON.parse(JSON.stringify(message))
            for (const other of [...members])
              if (other !== member && other.room === member.room) other.listener.onMessage(json)
          },
          leave() {
            members.delete(member)
            announce(member.room)
          },
        }
      },
    }),
    refuse: (code) => void (refusal = code),
    reconnect({ gap = false } = {}) {
      for (const { listener } of [...members]) listener.onJoining()
      for (const { listener, room } of [...members]) {
        if (gap) listener.onGap()
        listener.onJoined(present(room))
      }
    },
    members: () => [...members].map(({ name, room }) => `${name} ${room}`),
  }
}
