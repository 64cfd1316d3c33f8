/** The composition root: an app is put together here and nowhere else. */

import { randomUUID } from 'node:crypto'
import {
  closeCodes,
  MizanError,
  type ProtocolRequest,
  type ProtocolResponse,
} from '@mizan/protocol'
import type { App, AppOptions } from './app.ts'
import { callFunction } from './dispatch/call-function.ts'
import type { Engine } from './dispatch/engine.ts'
import { engineToken } from './dispatch/read-context.ts'
import { createFormStates } from './forms/form-state.ts'
import { collectContributors, contributorsToken } from './contributions.ts'
import { createHealth } from './health.ts'
import { inspectApp } from './inspect-app.ts'
import { createPluginRoutes } from './plugin-routes.ts'
import { createTelemetry } from './telemetry/create-telemetry.ts'
import { observeLive } from './telemetry/measures.ts'
import { handleRequest } from './http/handler.ts'
import { respondError } from './http/respond.ts'
import { trackBody } from './http/track-body.ts'
import { Idempotency } from './idempotency/idempotency.ts'
import {
  assertSecretsDiffer,
  createIdentity,
  CurrentIdentity,
  secretsOf,
} from './identity/index.ts'
import { createCaching } from './invalidation/create-caching.ts'
import { createPluginHost } from './invalidation/plugin-host.ts'
import { createInvoker, type Invoke } from './invoker.ts'
import { prepareToken } from './channels/queued-messages.ts'
import { createLive } from './live/create-live.ts'
import { holdMessages } from './live/hold-messages.ts'
import { createLifecycle } from './lifecycle.ts'
import { toLimits } from './limits.ts'
import { createConsoleLogger, type Logger } from './logger.ts'
import { orderPlugins } from './plugin.ts'
import { createRegistry, type Registry } from './registry.ts'
import { provide } from './services.ts'
import { andThen, orElse, type Soon } from './soon.ts'

/**
 * Puts an app together.
 *
 * @throws TypeError when artifact and code differ, options contradict each other, or plugins do not fit.
 */
export function createApp(options: AppOptions): App {
  const base = toBase(options.base)
  const logger = options.logger ?? createConsoleLogger()
  const limits = toLimits(options.limits)
  const clock = options.clock ?? Date.now
  const plugins = orderPlugins(options.plugins ?? [])
  if (!(options.functions?.sources instanceof Map)) {
    throw new TypeError(
      'createApp({ functions }): pass functions from mizan/server.gen.ts, or collect(…) in a test',
    )
  }
  const registry = createRegistry(options.functions, options)
  assertRoutesOutside(base, registry)
  assertSecretsDiffer([
    ...(options.identity ? secretsOf(options.identity) : []),
    ...(options.cache?.secret ? [{ name: 'cache.secret', secret: options.cache.secret }] : []),
  ])
  const identity = options.identity && createIdentity(options.identity, { clock })
  const provided = [
    ...plugins.flatMap((plugin) => plugin.provide ?? []),
    ...(options.provide ?? []),
    ...(identity ? [provide(CurrentIdentity, identity)] : []),
  ]
  const live = createLive({
    functions: options.functions,
    options: options.live,
    engine: () => engine,
    clock,
    track: (run) => lifecycle.track(run),
  })
  provided.push(provide(prepareToken, live.prepare))
  provided.push(provide(engineToken, () => engine))
  provided.push(provide(contributorsToken, collectContributors(plugins)))
  const pluginRoutes = createPluginRoutes(plugins, { base, limits, logger })
  const container = new Map(provided.map(({ token, value }) => [token, value]))
  let invoke: Invoke | undefined
  const background = (work: Promise<unknown>): void => {
    lifecycle
      .track(() => work)
      .catch((error: unknown) => logger.error({ error }, 'work after an answer failed'))
  }
  const telemetry =
    options.telemetry && createTelemetry(options.telemetry, { base, routes: registry.routes })
  const { cache, purgers } = options
  const caching = createCaching(
    { cache, purgers, plugins },
    {
      artifact: registry.artifact,
      clock,
      logger,
      background,
      onSwept: (stale) => live.feed.publish(stale),
    },
  )
  const engine: Engine = {
    registry,
    live,
    container,
    limits,
    logger,
    identity,
    cache: caching.cache,
    tagDigests: caching.tagDigests,
    invalidations: caching.invalidations,
    publicTags: caching.publicTags,
    layers: [
      ...(telemetry === undefined ? [] : [telemetry.layer]),
      ...plugins.flatMap((plugin) => plugin.around ?? []),
    ],
    errorPage: options.errorPage,
    requestLayers: plugins.flatMap((plugin) => plugin.aroundRequest ?? []),
    forms: {
      states: createFormStates(options.identity?.secret),
      secure: options.identity?.cookie?.secure ?? options.identity !== undefined,
    },
    idempotency: new Idempotency(options.idempotency ?? {}, { clock, logger }),
    origins: {
      trustedOrigins: options.identity?.trustedOrigins ?? [],
      secure: options.identity?.cookie?.secure ?? options.identity !== undefined,
    },
    invoke(entry, args) {
      if (invoke === undefined) throw new MizanError('UNAVAILABLE', 'the app has not started')
      return invoke(entry, args)
    },
    background,
  }
  const lifecycle = createLifecycle({
    plugins,
    host: createPluginHost({
      artifact: registry.artifact,
      base,
      logger,
      invalidations: caching.invalidations,
      feed: live.feed,
      handle: async (request) => respond(request),
    }),
    drain: limits.drain,
    stop: limits.stop,
    logger,
    async ready() {
      invoke = createInvoker(registry, container)
      caching.start()
      await live.start()
    },
    stopping: () => live.stopAccepting(),
    drained() {
      live.hub.close()
      // The outboxes are the plugins', which stop next.
      void lifecycle.track(() => caching.stopSweeping())
    },
  })
  const health = createHealth(options.health, {
    plugins,
    logger,
    start: () => lifecycle.start(),
    isClosing: () => lifecycle.closing,
  })
  if (options.telemetry?.meter) observeLive(options.telemetry.meter, () => live.hub.counts)
  const running = async <T>(run: () => Promise<T>): Promise<T> => {
    if (lifecycle.closing) throw new MizanError('UNAVAILABLE', closingMessage)
    return lifecycle.track(() => lifecycle.start().then(run))
  }
  const respond = (request: ProtocolRequest): Soon<ProtocolResponse> => {
    const route = pluginRoutes.find(request.method, request.path)
    return route === undefined
      ? handleRequest(engine, base, request)
      : pluginRoutes.answer(route, request)
  }
  const respondWhole = (request: ProtocolRequest): Soon<ProtocolResponse> =>
    andThen(
      telemetry === undefined
        ? respond(request)
        : telemetry.request(request, async () => respond(request)),
      (response) => trackBody(request, response, engine.background),
    )
  const answer = (request: ProtocolRequest): Soon<ProtocolResponse> => {
    // Whoever asks how we are is answered also while closing, and before the start.
    if (health.owns(request.method, request.path)) return health.answer(request.path)
    if (lifecycle.closing) return respondError(whileClosing(logger))
    return lifecycle.during(() =>
      orElse(
        () =>
          andThen(lifecycle.started ? undefined : lifecycle.start(), () => respondWhole(request)),
        (error) => respondError(withoutStart(error, logger)),
      ),
    )
  }
  const close = async (): Promise<void> => {
    await lifecycle.close()
    await live.close()
    await caching.close()
    await identity?.close()
    await engine.idempotency.close()
  }
  return {
    base,
    artifact: registry.artifact,
    start: () => lifecycle.start(),
    close,
    [Symbol.asyncDispose]: close,
    owns: (method, path) =>
      path === base ||
      path.startsWith(`${base}/`) ||
      health.owns(method, path) ||
      pluginRoutes.find(method, path) !== undefined ||
      registry.routes.find(method, path) !== undefined,
    handle: async (request) => answer(request),
    answer,
    async connect(request, socket) {
      // What is sent before the app has started waits; an app that is closing says so itself.
      const early = holdMessages(socket)
      try {
        await running(() => {
          const connected = live.hub.connect(request, socket)
          early()
          return connected
        })
      } catch (error) {
        if (!(error instanceof MizanError)) logger.error({ error }, 'the app could not start')
        socket.close(closeCodes.goingAway, closingMessage)
      }
    },
    publish: (channel, params, message) =>
      running(async () => live.hub.publish(live.prepare(channel, params, message))),
    inspect: () => inspectApp(registry.artifact, plugins, live.hub),
    cacheStats: () => caching.cache?.stats,
    call: (fn, args, as) => running(() => callFunction(engine, { fn, args, as })) as never, // cast: the function's own result
  }
}

/** What stands under the base is an endpoint before it is a route. */
function assertRoutesOutside(base: string, registry: Registry): void {
  for (const { name, facts } of registry.entries.values()) {
    if (facts.route !== undefined && `${facts.route}/`.startsWith(`${base}/`)) {
      throw new TypeError(
        `${name} (${facts.source}): nobody reaches the route "${facts.route}", as ${base} is where the endpoints stand; move the route or createApp({ base })`,
      )
    }
  }
}

function toBase(base = '/api/mizan'): string {
  const trimmed = base.replace(/\/+$/, '')
  if (!/^(\/[A-Za-z0-9_.~-]+)+$/.test(trimmed)) {
    throw new TypeError(`createApp({ base: "${base}" }): a base is a path such as /api/mizan`)
  }
  return trimmed
}

const closingMessage = 'the server is shutting down'

function whileClosing(logger: Logger): MizanError {
  const id = randomUUID()
  logger.info({ id }, 'a request came while closing')
  return new MizanError('UNAVAILABLE', closingMessage, { id })
}

/** An app that failed to start answers, instead of hanging every client; why is nobody's business but the log's. */
function withoutStart(error: unknown, logger: Logger): MizanError {
  const id = randomUUID()
  logger.error({ id, error }, 'the app could not start')
  return new MizanError('UNAVAILABLE', 'the server could not start; its log says why', { id })
}
