/** Messages that a running mutation publishes: checked at once, sent when it has succeeded. */

import { requireScope } from '../scope.ts'
import { defineToken, type Token } from '../services.ts'
import type { Channel } from './define-channel.ts'
import type { Outgoing } from './channel-registry.ts'

/** Makes a message ready to be sent. */
export type PrepareMessage = (channel: object, params: unknown, message: unknown) => Outgoing

/** Under which an app keeps what its channels need. */
export const prepareToken: Token<PrepareMessage> = defineToken('mizan channels')

/** @throws TypeError in a read, outside a function, and for what does not fit the channel's types */
export function queueMessage<Params, Message>(
  channel: Channel<Params, Message>,
  params: Params,
  message: Message,
): void {
  const asker = `${channel.name}.publish`
  const scope = requireScope(asker)
  if (!scope.mutates) {
    throw new TypeError(
      `${asker}() was called in ${scope.functionName}, which runs as a read: a member of a context, or a route by GET`,
    )
  }
  const prepare = scope.container.get(prepareToken) as PrepareMessage | undefined // cast: createApp puts it there
  if (prepare === undefined) throw new TypeError(`${asker}(): this app has no channels`)
  scope.messages.push(prepare(channel, params, message))
}
