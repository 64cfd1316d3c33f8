/** The composable of a channel. */

import { computed, type ComputedRef, type MaybeRefOrGetter, toValue } from 'vue'

import {
  type ChannelDescriptor,
  type ChannelObservation,
  type ChannelOptions,
  type ChannelState,
  observeChannel,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'
import { useFollowed } from './use-followed.ts'

/** What {@link useChannel} returns. */
export type ChannelResult<Message> = {
  readonly [Field in keyof ChannelState]: ComputedRef<ChannelState[Field]>
} & Pick<ChannelObservation<Message>, 'send'>

/** Joins a channel while it is on the page; other params leave it and join the other one. */
export function useChannel<Params, Message>(
  channel: ChannelDescriptor<Params, Message>,
  params: MaybeRefOrGetter<Params>,
  options: ChannelOptions<Message> = {},
): ChannelResult<Message> {
  const kernel = useMizan()
  const { current, state } = useFollowed(() =>
    observeChannel(kernel, channel, { params: toValue(params), options: () => options }),
  )

  return {
    status: computed(() => state.value.status),
    present: computed(() => state.value.present),
    error: computed(() => state.value.error),
    send: (message) => current.value.send(message),
  }
}
