/** Channels: typed messages between those who may join, in one order, over the live socket. */

import { isWireName } from '@mizan/protocol'
import type { Principal } from '../identity/index.ts'
import type { RequestView } from '../request-view.ts'
import { queueMessage } from './queued-messages.ts'

/**
 * Who may: everybody, anyone signed in, staff, superusers, or whom the function admits, which may `inject` before it waits for
 * anything.
 */
export type ChannelGuard<Params> =
  | 'anyone'
  | true
  | 'staff'
  | 'superuser'
  | ((principal: Principal, params: Params, request: RequestView) => boolean | Promise<boolean>)

/** Who sent a message, and where. */
export interface Sender<Params> {
  readonly principal: Principal | undefined
  readonly params: Params
}

/** How a channel behaves. */
export interface ChannelOptions<Params, Message> {
  /** Asked when a client joins, when its principal changes, and at each heartbeat. */
  readonly join: ChannelGuard<Params>
  /** Who of those who joined may send. @default nobody: only the server publishes */
  readonly send?: ChannelGuard<Params>
  /**
   * What is published instead of a message that a client sent; `undefined` publishes nothing. It checks and completes: work
   * that changes data belongs in a function, which publishes.
   */
  receive?(
    message: Message,
    sender: Sender<Params>,
  ): Message | undefined | Promise<Message | undefined>
  /** Messages that are kept for clients that come back. @default 0 */
  readonly history?: number
  /** Seconds that they are kept after the last one. @default 86_400 */
  readonly keep?: number
  /** What the others see of somebody who is there: JSON. @default nobody is seen */
  presence?(principal: Principal | undefined): unknown
}

/** One kind of channel; each set of params is an instance of its own. */
export interface Channel<Params = unknown, Message = unknown> {
  readonly name: string
  /**
   * Publishes from a running mutation, once it has succeeded. From elsewhere: `app.publish(channel, params, message)`.
   *
   * @throws TypeError in a read, outside a function, and for what does not fit the declared types
   */
  publish(params: Params, message: Message): void
}

const optionsOfChannels = new WeakMap<object, ChannelOptions<unknown, unknown>>()

/**
 * Describes a channel. Its types are read by `mizan generate`: messages are checked against them in both directions.
 *
 * @throws TypeError for a name that is not snake_case, and for bounds that are none
 * @see PROTOCOL section 10
 */
export function defineChannel<Params, Message>(
  name: string,
  options: ChannelOptions<Params, Message>,
): Channel<Params, Message> {
  if (!isWireName(name))
    throw new TypeError(`defineChannel("${name}"): a channel's name is snake_case, such as "task"`)
  if (options?.join === undefined) {
    throw new TypeError(`defineChannel("${name}"): say who may join, if only join: 'anyone'`)
  }
  for (const key of ['history', 'keep'] as const) {
    const value = options[key]
    if (value !== undefined && !(Number.isSafeInteger(value) && value >= (key === 'keep' ? 1 : 0)))
      throw new TypeError(`defineChannel("${name}"): ${key} is a whole number, got ${value}`)
  }
  const channel: Channel<Params, Message> = Object.freeze({
    name,
    publish: (params: Params, message: Message) => queueMessage(channel, params, message),
  })
  // cast: the registry hands each channel the params and messages of its own types
  optionsOfChannels.set(channel, options as ChannelOptions<unknown, unknown>)
  return channel
}

/** How `channel` behaves; `undefined` for what {@link defineChannel} did not make. */
export function optionsOf(channel: object): ChannelOptions<unknown, unknown> | undefined {
  return optionsOfChannels.get(channel)
}
