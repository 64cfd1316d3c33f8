/** What extends an app: something that starts and stops, provides tokens, or stands around every run. */

import type { Artifact, Layer, ProtocolRequest, ProtocolResponse } from '@mizan/protocol'
import type { Principal } from './identity/index.ts'
import type { PurgeOutbox } from './cache/index.ts'
import type { Contributors } from './contributions.ts'
import type { Purger } from './invalidation/purger.ts'
import type { Logger } from './logger.ts'
import type { PluginRoute } from './plugin-routes.ts'
import type { Scope } from './scope.ts'
import type { Provided } from './services.ts'

/** What a plugin learns of its app. */
export interface PluginHost {
  readonly artifact: Artifact
  readonly base: string
  readonly logger: Logger
  /** Answers a request that the plugin makes itself, as if it had come from outside; never rejects. */
  handle(request: ProtocolRequest): Promise<ProtocolResponse>
  /**
   * Data was changed outside of any run of the app: by a job, by another program. Answers that were read from it end, and
   * who shows it is told, in every process; `*` stands for anything. Resolves when they are ended here.
   *
   * @param left where the commit left its purge, to be settled
   */
  changed(
    writes: readonly string[],
    left?: { readonly outbox: PurgeOutbox; readonly id: string },
  ): Promise<void>
  /** What an outbox keeps of such a change, in the same commit; opaque to who keeps it. */
  purgeOf(writes: readonly string[]): readonly string[]
}

/** A request before anything is run for it: what it asks for is not read yet. */
export interface RequestScope {
  readonly request: ProtocolRequest
  /** Who asks; that a layer looks at it makes no answer private, as answers from caches pass it too. */
  readonly principal: Principal | undefined
  /** Where the endpoints stand. */
  readonly base: string
  /** Adds headers to the answer, whatever it will be. */
  addHeaders(headers: readonly (readonly [name: string, value: string])[]): void
}

/** One extension of an app. */
export interface Plugin {
  readonly name: string
  /** Names of plugins that start before and stop after this one. */
  readonly dependsOn?: readonly string[]
  /** For `inject`. */
  readonly provide?: readonly Provided[]
  /** Around the run of each function; the data core commits or rolls back here. */
  readonly around?: Layer<Scope, unknown>
  /** Around each request of HTTP, once it is known who asks: also around those that a cache answers. */
  readonly aroundRequest?: Layer<RequestScope, ProtocolResponse>
  /**
   * Where commits of this plugin leave what they purge (`scope.purgeOf`, `scope.leftIn`). With one, functions that may have a
   * transaction write down nothing before they run.
   */
  readonly outbox?: PurgeOutbox
  /** Who is told of every invalidation because of this plugin. */
  readonly purgers?: readonly Purger[]
  /** What functions may ask of a request: `getContribution(name)`. */
  readonly contribute?: Contributors
  /** Paths that the plugin answers itself. */
  readonly routes?: readonly PluginRoute[]
  start?(host: PluginHost): Promise<void> | void
  /** After every request in flight; whoever takes longer than `limits.stop` is not waited for. */
  stop?(): Promise<void> | void
  /** Whether requests are welcome; asked by `/health/ready`. */
  health?(): Promise<boolean> | boolean
  /** JSON for developers: `app.inspect()`. */
  inspect?(): unknown
}

/** Checks a plugin's shape and freezes it. */
export function definePlugin(plugin: Plugin): Plugin {
  if (typeof plugin.name !== 'string' || plugin.name === '')
    throw new TypeError('definePlugin: a plugin needs a name')
  return Object.freeze(plugin)
}

/**
 * Plugins in the order in which they start.
 *
 * @throws TypeError for two of one name, an unknown dependency or a circle.
 */
export function orderPlugins(plugins: readonly Plugin[]): Plugin[] {
  const byName = new Map<string, Plugin>()
  for (const plugin of plugins) {
    if (byName.has(plugin.name))
      throw new TypeError(`createApp: two plugins are named "${plugin.name}"`)
    byName.set(plugin.name, plugin)
  }
  const ordered = new Set<Plugin>()
  const visit = (plugin: Plugin, path: readonly string[]): void => {
    if (ordered.has(plugin)) return
    if (path.includes(plugin.name))
      throw new TypeError(
        `createApp: plugins depend in a circle: ${[...path, plugin.name].join(' → ')}`,
      )
    for (const name of plugin.dependsOn ?? []) {
      const needed = byName.get(name)
      if (needed === undefined)
        throw new TypeError(
          `createApp: plugin "${plugin.name}" depends on "${name}", which is not given`,
        )
      visit(needed, [...path, plugin.name])
    }
    ordered.add(plugin)
  }
  for (const plugin of plugins) visit(plugin, [])
  return [...ordered]
}
