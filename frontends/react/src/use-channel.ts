/** The hook of a channel. */

import { useMemo, useSyncExternalStore } from 'react'

import {
  type ChannelDescriptor,
  type ChannelObservation,
  type ChannelOptions,
  type ChannelState,
  observeChannel,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'
import { useLatest } from './use-latest.ts'

/** What {@link useChannel} returns; `send` keeps its identity while the params are equal. */
export interface ChannelResult<Message>
  extends ChannelState, Pick<ChannelObservation<Message>, 'send'> {}

/** Joins a channel while it is on the page; other params leave it and join the other one. */
export function useChannel<Params, Message>(
  channel: ChannelDescriptor<Params, Message>,
  params: Params,
  options: ChannelOptions<Message> = {},
): ChannelResult<Message> {
  const kernel = useMizan()
  const latest = useLatest(options)
  const next = observeChannel(kernel, channel, { params, options: latest })
  // The first observation of its key stays: params given inline must not join again at each render.
  // oxlint-disable-next-line react-hooks/exhaustive-deps -- the key stands for the observation
  const { subscribe, read, send } = useMemo(() => next, [kernel, next.key])
  const state = useSyncExternalStore(subscribe, read, read)
  return useMemo(() => ({ ...state, send }), [state, send])
}
