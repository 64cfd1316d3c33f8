/** Starts and stops an app: plugins in order, services, requests in flight. */

import type { Logger } from './logger.ts'
import type { Plugin, PluginHost } from './plugin.ts'
import { type Soon, soon } from './soon.ts'

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
  /** Whether the start is over and went well. */
  readonly started: boolean
  /** Something is in flight for as long as `run` takes. */
  track<T>(run: () => Promise<T>): Promise<T>
  /** The same for what may be done at once. */
  during<T>(run: () => Soon<T>): Soon<T>
  close(): Promise<void>
  readonly closing: boolean
}

/** Nothing runs before the first `start()`. */
export function createLifecycle(options: LifecycleOptions): Lifecycle {
  const flights = new Flights()
  const started: Plugin[] = []
  let isStarted = false
  let starting: Promise<void> | undefined
  let closing: Promise<void> | undefined

  const boot = async (): Promise<void> => {
    try {
      for (const plugin of options.plugins) {
        await plugin.start?.(options.host)
        started.push(plugin)
      }
      await options.ready()
      isStarted = true
    } catch (error) {
      await stopAll(started, options)
      throw error
    }
  }
  const shutDown = async (): Promise<void> => {
    await starting?.catch(() => undefined)
    options.stopping()
    await flights.emptyWithin(options.drain)
    options.drained()
    await flights.emptyWithin(farewell)
    await stopAll(started, options)
  }
  return {
    get closing() {
      return closing !== undefined
    },
    get started() {
      return isStarted
    },
    start: () => (starting ??= boot()),
    async track(run) {
      flights.enter()
      try {
        return await run()
      } finally {
        flights.leave()
      }
    },
    during(run) {
      const leave = (): void => flights.leave()
      flights.enter()
      const value = soon(run)
      if (value instanceof Promise) value.then(leave, leave)
      else leave()
      return value
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

/** What is in flight: counted, as a list would cost more than many a request. */
class Flights {
  #count = 0
  #onLanded: (() => void) | undefined

  enter(): void {
    this.#count++
  }

  leave(): void {
    this.#count--
    if (this.#count === 0) this.#onLanded?.()
  }

  /** Waits for what is in flight, and for what that sends off meanwhile; no longer than `limit` milliseconds. */
  async emptyWithin(limit: number): Promise<void> {
    if (this.#count === 0) return
    let handle: ReturnType<typeof setTimeout> | undefined
    const over = new Promise<void>((resolve) => {
      handle = setTimeout(resolve, limit)
    })
    await Promise.race([this.#emptied(), over])
    clearTimeout(handle)
  }

  async #emptied(): Promise<void> {
    while (this.#count > 0) {
      await new Promise<void>((resolve) => (this.#onLanded = resolve))
      // What the last one sends off, it may send off a moment after it has landed.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
}
