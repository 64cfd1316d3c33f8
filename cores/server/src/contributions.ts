/** What plugins know of a request: a tenant, a country, a flag; worked out when somebody asks, once a request. */

import type { RequestView } from './request-view.ts'
import { requireScope } from './scope.ts'
import { defineToken, type Token } from './services.ts'

/**
 * What the plugins of an application contribute, by name. Declared where the plugin is:
 * `declare module '@mizan/server' { interface Contributions { country: string } }`.
 */
export interface Contributions {}

/** A plugin's part: how each of its contributions is worked out. */
export type Contributors = {
  readonly [Name in keyof Contributions]?: (request: RequestView) => Contributions[Name]
}

/** Under which an app keeps them. */
export const contributorsToken: Token<ReadonlyMap<string, (request: RequestView) => unknown>> =
  defineToken('mizan contributions')

const known = new WeakMap<object, Map<string, unknown>>()

/**
 * What a plugin knows of the current request; a run that asks is not stored in any cache.
 *
 * @throws TypeError outside a request, and when no plugin of the app contributes it
 */
export function getContribution<Name extends keyof Contributions>(name: Name): Contributions[Name] {
  const scope = requireScope('getContribution')
  scope.taint('unstorable')
  const { request } = scope.exchange
  const ofRequest = known.get(request) ?? new Map<string, unknown>()
  known.set(request, ofRequest)
  if (!ofRequest.has(name)) ofRequest.set(name, work(scope.container, name)(request))
  return ofRequest.get(name) as Contributions[Name] // cast: contributors are paired with their types by definePlugin
}

function work(
  container: ReadonlyMap<unknown, unknown>,
  name: string,
): (request: RequestView) => unknown {
  // cast: createApp puts it there
  const contributors = container.get(contributorsToken) as
    | ReadonlyMap<string, (request: RequestView) => unknown>
    | undefined
  const found = contributors?.get(name)
  if (found === undefined)
    throw new TypeError(`getContribution("${name}"): no plugin of this app contributes it`)
  return found
}

/** @throws TypeError when two plugins contribute one name */
export function collectContributors(
  plugins: readonly { readonly name: string; readonly contribute?: Contributors }[],
): ReadonlyMap<string, (request: RequestView) => unknown> {
  const found = new Map<string, (request: RequestView) => unknown>()
  for (const plugin of plugins) {
    for (const [name, contributor] of Object.entries(plugin.contribute ?? {})) {
      if (found.has(name))
        throw new TypeError(
          `createApp: plugin "${plugin.name}" contributes "${name}", and so does one before it`,
        )
      // cast: Object.entries forgets what an interface without members can hold
      found.set(name, contributor as (request: RequestView) => unknown)
    }
  }
  return found
}
