/** One channel: its params, its message and its descriptor; joining it is a hook. */

import type { ApiChannel } from '../../ir/api.ts'
import { namesOfChannel } from '../names.ts'
import { docBlock, quote } from '../text.ts'
import { printType } from '../typescript.ts'
import { argumentEntries, argumentsType, type ClientText, constant, lines } from './client-text.ts'

export function channelText(channel: ApiChannel, client: ClientText): string {
  const names = namesOfChannel(channel)
  const message = printType(channel.message)
  const { converters } = client
  return [
    argumentsType(names.params, channel.params),
    `\nexport type ${names.message} =${message.startsWith('\n') ? '' : ' '}${message}\n`,
    `\n${docBlock(channel)}`,
    constant(
      names.descriptor,
      `${client.use('type ChannelDescriptor')}<${names.params}, ${names.message}>`,
      [
        `name: ${quote(channel.wire)}`,
        client.digest,
        `params: ${lines(argumentEntries(channel.params, client))}`,
        ...converters.property(channel.message, 'encode', '  '),
        ...converters.property(channel.message, 'decode', '  '),
      ],
    ),
  ].join('')
}
