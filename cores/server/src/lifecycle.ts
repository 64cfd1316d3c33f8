/** Starts and stops an app: plugins in order, services, requests in flight. */

import type { Logger } from './logger.ts'
import type { Plugin, PluginHost } from './plugin.ts'

/** Options of {@link createLifecycle}. */
export interface LifecycleOptions {
  readonly plugins: readonly Plugin[]
  readonly host: PluginHost
  /** Milliseconds to wait for requests in flight. */
  readonly drain: number
  /** Milliseconds that one plugin has to stop. */
  readonly stop: number
  readonly logger: Logger
  /** Runs after every plugin has started. */
  readonly ready: () => Promise<void>
  /** Runs before requests in flight are waited for: nothing new begins, what never ends by itself is ended. */
  readonly stopping: () => void
  /** Runs when they are over; what it leaves behind is waited for too. */
  readonly drained: () => void
}

/** Milliseconds for what is left to do once everybody has gone. */
const farewell = 1_000

/** The life of one app. */
export interface Lifecycle {
  start(): Promise<void>
  /** Counts a request in flight until it settles. */
  track<T>(run: () => Promise<T>): Promise<T>
  close(): Promise<void>
  readonly closing: boolean
}

/** Nothing runs before the first `start()`. */
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const inFlight = new Set<Promise<unknown>>()
  const started: Plugin[] = []
  let starting: Promise<void> | undefined
  let closing: Promise<void> | undefined

  const boot = async (): Promise<void> => {
    try {
      for (const plugin of options.plugins) {
        await plugin.start?.(options.host)
        started.push(plugin)
      }
      await options.ready()
    } catch (error) {
      await stopAll(started, options)
      throw error
    }
  }
  const shutDown = async (): Promise<void> => {
    await starting?.catch(() => undefined)
    options.stopping()
    await emptyWithin(inFlight, options.drain)
    options.drained()
    await emptyWithin(inFlight, farewell)
    await stopAll(started, options)
  }
  return {
    get closing() {
      return closing !== undefined
    },
    start: () => (starting ??= boot()),
    async track(run) {
      const running = run()
      inFlight.add(running)
      try {
        return await running
      } finally {
        inFlight.delete(running)
      }
    },
    close: () => (closing ??= shutDown()),
  }
}

async function stopAll(
  started: Plugin[],
  { logger, stop }: Pick<LifecycleOptions, 'logger' | 'stop'>,
): Promise<void> {
  for (const plugin of started.splice(0).reverse()) {
    let timer: ReturnType<typeof setTimeout> | undefined
    const over = new Promise<'over'>((resolve) => {
      timer = setTimeout(() => resolve('over'), stop)
    })
    try {
      if ((await Promise.race([plugin.stop?.(), over])) === 'over')
        logger.error({ plugin: plugin.name, stop }, 'a plugin took too long to stop')
    } catch (error) {
      logger.error({ plugin: plugin.name, error }, 'a plugin failed to stop')
    } finally {
      clearTimeout(timer)
    }
  }
}

/** Waits for what is in the set, and for what that puts there meanwhile. */
async function emptyWithin(inFlight: ReadonlySet<Promise<unknown>>, limit: number): Promise<void> {
  if (inFlight.size === 0) return
  const settled = async (): Promise<void> => {
    while (inFlight.size > 0) await Promise.allSettled(inFlight)
  }
  let handle: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    handle = setTimeout(resolve, limit)
  })
  await Promise.race([settled(), over])
  clearTimeout(handle)
}
