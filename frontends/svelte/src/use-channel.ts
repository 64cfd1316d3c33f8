/** The function of a channel. */

import { onMount } from 'svelte'
import { createSubscriber } from 'svelte/reactivity'
import { toStore } from 'svelte/store'

import {
  type ChannelDescriptor,
  type ChannelObservation,
  type ChannelOptions,
  type ChannelState,
  observeChannel,
} from '@mizan/base'

import { useMizan } from './kernel-provider.ts'

/** What {@link useChannel} returns: getters that follow the channel. Do not destructure it. */
export interface ChannelResult<Message>
  extends ChannelState, Pick<ChannelObservation<Message>, 'send'> {}

/**
 * Joins a channel while the component is on the page; other params leave it and join the other one.
 *
 * @param params A function, so that it follows the runes that it reads.
 */
export function useChannel<Params, Message>(
  channel: ChannelDescriptor<Params, Message>,
  params: () => Params,
  options: ChannelOptions<Message> = {},
): ChannelResult<Message> {
  const kernel = useMizan()
  const changes = new Set<() => void>()
  const follow = createSubscriber((update) => {
    changes.add(update)
    return () => changes.delete(update)
  })
  const observe = (): ChannelObservation<Message> =>
    observeChannel(kernel, channel, { params: params(), options: () => options })
  let current = observe()

  function notify(): void {
    for (const change of [...changes]) change()
  }

  function state(): ChannelState {
    follow()
    return current.read()
  }

  onMount(() => {
    let leave = current.subscribe(notify)
    // A store follows runes outside of what Svelte compiles.
    const stop = toStore(observe).subscribe((next) => {
      // The last observation stays while the key does: equal params must not join again.
      if (next.key === current.key) return
      leave()
      current = next
      leave = current.subscribe(notify)
      notify()
    })
    return () => {
      stop()
      leave()
    }
  })

  return {
    get status() {
      return state().status
    },
    get present() {
      return state().present
    },
    get error() {
      return state().error
    },
    send: (message) => current.send(message),
  }
}
