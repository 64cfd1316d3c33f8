/** Puts the live side of an app together: connections, feed, channels. */

import { createChannelRegistry, type Outgoing, toOutgoing } from '../channels/channel-registry.ts'
import type { PrepareMessage } from '../channels/queued-messages.ts'
import type { Engine } from '../dispatch/engine.ts'
import type { Functions } from '../functions.ts'
import type { RunScope } from '../scope.ts'
import { createFeed, type Feed } from './feed.ts'
import { Hub } from './hub.ts'
import type { LiveBus } from './live-bus.ts'
import { type LiveOptions, toLiveSettings } from './live-options.ts'
import { MemoryBus } from './memory-bus.ts'

/** The live side of one app in one process. */
export interface Live {
  readonly hub: Hub
  readonly feed: Feed
  readonly bus: LiveBus
  /** Checks a message from code. @throws TypeError */
  readonly prepare: PrepareMessage
  /** Sends what a run that has succeeded published; what goes wrong is logged. */
  sendMessages(scope: RunScope): Promise<void>
  start(): Promise<void>
  /** Nobody else is taken, and streams that would never end are ended. */
  stopAccepting(): void
  /** Everybody is sent away. */
  close(): Promise<void>
}

/** What the live side takes from its app. */
export interface LiveParts {
  readonly functions: Functions
  readonly options: LiveOptions | undefined
  readonly engine: () => Engine
  readonly clock: () => number
  readonly track: <T>(run: () => Promise<T>) => Promise<T>
}

/** @throws TypeError when channels and artifact differ, or a bound is none */
export function createLive({ functions, options = {}, engine, clock, track }: LiveParts): Live {
  const channels = createChannelRegistry(functions)
  const bus = options.bus ?? new MemoryBus({ clock })
  const settings = toLiveSettings(options)
  const hub = new Hub({ engine, bus, channels, settings, clock, track })
  const feed = createFeed({ bus, sink: hub, logger: () => engine().logger })
  return {
    hub,
    feed,
    bus,
    prepare(channel, params, message): Outgoing {
      const { name } = channel as { readonly name?: unknown } // cast: anything may be asked for its name
      const entry = typeof name === 'string' ? channels.get(name) : undefined
      if (entry === undefined || entry.channel !== channel)
        throw new TypeError(`publish: ${String(name).slice(0, 60)} is not a channel of this app`)
      return toOutgoing(entry, params, message)
    },
    async sendMessages(scope) {
      for (const message of scope.messages.splice(0)) {
        try {
          await hub.publish(message)
        } catch (error) {
          engine().logger.error(
            { error, channel: message.entry.name },
            'a message was not published',
          )
        }
      }
    },
    start: () => feed.start(),
    stopAccepting: () => hub.stopAccepting(),
    async close() {
      hub.close()
      feed.close()
      await bus.close()
    },
  }
}
