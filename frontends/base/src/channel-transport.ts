/** What a layer offers that carries channels; the frames of it are in PROTOCOL section 10. */

import type { MizanError } from '@mizan/protocol'

/** Which channel is joined. */
export interface ChannelJoin {
  /** The name on the wire. */
  readonly channel: string
  /** Digest of the artifact that the client was generated from. */
  readonly artifact: string
  /** JSON by wire name. */
  readonly params: Readonly<Record<string, unknown>>
}

/** Who hears of a channel; messages come in order and each once, whatever the connection does. */
export interface ChannelListener {
  /** The connection was lost, and is being made again. */
  onJoining(): void
  /** The server let the client in, the first time or again. */
  onJoined(present: readonly unknown[]): void
  /** The server did not let the client in, or put it out. */
  onRefused(error: MizanError): void
  onPresent(present: readonly unknown[]): void
  onMessage(message: unknown): void
  /** Messages were missed that the server does not keep any more. */
  onGap(): void
}

/** A membership. */
export interface ChannelSession {
  /** Sends JSON, as soon as the channel is joined. */
  send(message: unknown): void
  leave(): void
}

/** The port of a kernel that a layer fills when it is attached: `kernel.channels`. */
export interface ChannelTransport {
  /** Joins; the listener is not called before this has returned. */
  join(join: ChannelJoin, listener: ChannelListener): ChannelSession
}
