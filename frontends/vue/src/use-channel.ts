/** The composable of a channel. */

import {
  computed,
  type ComputedRef,
  type MaybeRefOrGetter,
  shallowRef,
  toValue,
  watchPostEffect,
} from 'vue'

import {
  type ChannelDescriptor,
  type ChannelObservation,
  type ChannelOptions,
  type ChannelState,
  observeChannel,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'

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
  // The last observation stays while the key does: equal params must not join again.
  const observation = computed<ChannelObservation<Message>>((last) => {
    const next = observeChannel(kernel, channel, {
      params: toValue(params),
      options: () => options,
    })
    return last?.key === next.key ? last : next
  })
  const state = shallowRef(observation.value.read())

  // After rendering, so never on a server.
  watchPostEffect((onCleanup) => {
    const { read, subscribe } = observation.value
    onCleanup(subscribe(() => (state.value = read())))
    state.value = read()
  })

  return {
    status: computed(() => state.value.status),
    present: computed(() => state.value.present),
    error: computed(() => state.value.error),
    send: (message) => observation.value.send(message),
  }
}
