/** `/health/live` and `/health/ready`: for whoever restarts processes, and whoever sends them requests. */

import type { ProtocolResponse } from '@mizan/protocol'
import { respondJson } from './http/respond.ts'
import type { Logger } from './logger.ts'
import type { Plugin } from './plugin.ts'

/** Where and how an app says how it is. */
export interface HealthOptions {
  /** Answers 200 while the process can answer at all. @default '/health/live' */
  readonly live?: string
  /** Answers 200 while requests are welcome, 503 before the start, with a plugin that is ill, and while closing. @default '/health/ready' */
  readonly ready?: string
  /** Milliseconds that plugins have to answer. @default 2_000 */
  readonly timeout?: number
  /** Names plugins and how each of them is, for whoever asks: keep it behind your firewall. @default false */
  readonly details?: boolean
}

/** How one plugin is. */
export type PluginHealth = 'ok' | 'ill' | 'timeout'

/** The health of an app. */
export interface Health {
  owns(method: string, path: string): boolean
  answer(path: string): Promise<ProtocolResponse>
  /** Asks every plugin. */
  ask(): Promise<ReadonlyMap<string, PluginHealth>>
}

/** What health needs of its app. */
export interface HealthParts {
  readonly plugins: readonly Plugin[]
  readonly logger: Logger
  /** Starts the app, unless somebody has; rejects when that failed. */
  readonly start: () => Promise<void>
  readonly isClosing: () => boolean
}

/** @param options `false`: the app owns no path of this kind */
export function createHealth(options: HealthOptions | false = {}, parts: HealthParts): Health {
  const { plugins, logger, start, isClosing } = parts
  const settings = options === false ? {} : options
  const live = options === false ? undefined : (settings.live ?? '/health/live')
  const ready = options === false ? undefined : (settings.ready ?? '/health/ready')
  const limit = settings.timeout ?? 2_000

  const askOne = async (plugin: Plugin): Promise<PluginHealth> => {
    if (plugin.health === undefined) return 'ok'
    let timer: ReturnType<typeof setTimeout> | undefined
    const over = new Promise<'timeout'>((resolve) => {
      timer = setTimeout(() => resolve('timeout'), limit)
    })
    try {
      const asked = Promise.resolve(plugin.health()).then((well) => (well ? 'ok' : 'ill'))
      return await Promise.race([asked, over])
    } catch (error) {
      logger.warn({ error, plugin: plugin.name }, 'a plugin is ill')
      return 'ill'
    } finally {
      clearTimeout(timer)
    }
  }
  const ask = async (): Promise<ReadonlyMap<string, PluginHealth>> =>
    new Map(
      await Promise.all(
        plugins.map(async (plugin) => [plugin.name, await askOne(plugin)] as const),
      ),
    )
  const isReady = async (): Promise<ProtocolResponse> => {
    const hasStarted = !isClosing() && (await startedWithin(start, limit))
    if (!hasStarted) return answer(503, undefined)
    const states = await ask()
    const isWell = [...states.values()].every((state) => state === 'ok')
    return answer(isWell ? 200 : 503, settings.details ? states : undefined)
  }
  return {
    owns: (method, path) =>
      (method === 'GET' || method === 'HEAD') && (path === live || path === ready),
    answer: async (path) => (path === live ? answer(200, undefined) : isReady()),
    ask,
  }
}

async function startedWithin(start: () => Promise<void>, limit: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limit)
  })
  try {
    return await Promise.race([
      start().then(
        () => true,
        () => false,
      ),
      over,
    ])
  } finally {
    clearTimeout(timer)
  }
}

function answer(
  status: 200 | 503,
  states: ReadonlyMap<string, PluginHealth> | undefined,
): ProtocolResponse {
  return respondJson(
    status,
    JSON.stringify({
      ...(states === undefined ? {} : { plugins: Object.fromEntries(states) }),
      status: status === 200 ? 'ok' : 'unavailable',
    }),
  )
}
