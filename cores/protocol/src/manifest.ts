/** The edge manifest: a pure function of the artifact (PROTOCOL section 9). It may only forbid caching. */

import type { Artifact, ArtifactFunction } from './artifact.ts'
import { toWireName } from './names.ts'

/** A member of a context as the edge sees it. */
export type ManifestFunction =
  | { readonly name: string; readonly path: 'rpc' }
  | { readonly name: string; readonly path: 'view'; readonly route: string }

/** What the edge knows of a context. */
export interface ManifestContext {
  readonly functions: readonly ManifestFunction[]
  readonly endpoints: readonly string[]
  readonly params: readonly string[]
  readonly user_scoped: boolean
  readonly render_strategy: 'psr' | 'dynamic_cached'
  readonly page_routes: readonly string[]
  readonly rev: number
  /** Seconds; `false` when a member forbids caching, `null` without a limit of its own. */
  readonly ttl: number | false | null
}

/** What the edge knows of a mutation. */
export interface ManifestMutation {
  readonly affects: readonly string[]
  readonly auto_scoped_params: readonly string[]
  readonly private?: true
  readonly route?: string
  readonly methods?: readonly string[]
}

/** `mizan manifest` writes this. */
export interface Manifest {
  readonly version: 1
  readonly base: string
  readonly artifact: string
  readonly contexts: Readonly<Record<string, ManifestContext>>
  readonly mutations: Readonly<Record<string, ManifestMutation>>
}

/** Options of {@link toManifest}. */
export interface ManifestOptions {
  /** @default '/api/mizan' */
  readonly base?: string
}

/** Param names that make a context the business of one user. */
export const userParams: readonly string[] = Object.freeze([
  'user_id',
  'user',
  'owner_id',
  'account_id',
])

/** Derives the manifest; keys are sorted, so equal artifacts give equal bytes. */
export function toManifest(artifact: Artifact, options: ManifestOptions = {}): Manifest {
  const base = options.base ?? '/api/mizan'
  const functions = Object.entries(artifact.functions)
  return {
    version: 1,
    base,
    artifact: artifact.digest,
    contexts: sorted(contextNames(artifact).map((name) => [name, contextOf(name, artifact, base)])),
    mutations: sorted(
      functions
        .filter(
          ([, fn]) =>
            fn.context === undefined && (fn.affects !== undefined || fn.merge !== undefined),
        )
        .map(([name, fn]) => [name, mutationOf(fn, artifact)]),
    ),
  }
}

function contextNames(artifact: Artifact): string[] {
  const names = Object.values(artifact.functions).flatMap((fn) =>
    fn.context === undefined ? [] : [fn.context],
  )
  return [...new Set([...Object.keys(artifact.contexts), ...names])]
}

function contextOf(context: string, artifact: Artifact, base: string): ManifestContext {
  const members = Object.entries(artifact.functions)
    .filter(([, fn]) => fn.context === context)
    .sort(([a], [b]) => (a < b ? -1 : 1))
  const params = (artifact.contexts[context]?.params ?? []).map((param) => param.name)
  const views = members.filter(([, fn]) => fn.route !== undefined)
  const userScoped =
    params.some((name) => userParams.includes(name)) ||
    members.some(([, fn]) => fn.auth !== undefined)
  return {
    functions: members.map(([name, fn]) =>
      fn.route === undefined
        ? { name, path: 'rpc' }
        : { name, path: 'view', route: toManifestRoute(fn.route) },
    ),
    endpoints: members.some(([, fn]) => fn.view === undefined) ? [`${base}/ctx/${context}/`] : [],
    params,
    user_scoped: userScoped,
    render_strategy: userScoped ? 'dynamic_cached' : 'psr',
    page_routes: [...new Set(views.map(([, fn]) => toManifestRoute(fn.route ?? '')))].sort(),
    rev: members.reduce((sum, [, fn]) => sum + (fn.rev ?? 0), 0),
    ttl: ttlOf(members.map(([, fn]) => fn.cache)),
  }
}

function ttlOf(caches: readonly ArtifactFunction['cache'][]): number | false | null {
  if (caches.includes(false)) return false
  const limits = caches.flatMap((cache) => (cache && cache.ttl !== undefined ? [cache.ttl] : []))
  return limits.length === 0 ? null : Math.min(...limits)
}

function mutationOf(fn: ArtifactFunction, artifact: Artifact): ManifestMutation {
  const affected = (fn.affects ?? []).map((target) => target.context)
  const contexts = [...new Set(fn.merge === undefined ? affected : [...affected, fn.merge])].sort()
  const own = new Set(fn.params.map((param) => param.name))
  const scoped = contexts.flatMap((name) =>
    (artifact.contexts[name]?.params ?? []).map((param) => param.name),
  )
  return {
    affects: contexts,
    auto_scoped_params: [...new Set(scoped.filter((name) => own.has(name)))].sort(),
    ...(fn.private ? { private: true } : {}),
    ...(fn.route === undefined ? {} : { route: toManifestRoute(fn.route) }),
    ...(fn.methods === undefined ? {} : { methods: fn.methods }),
  }
}

/** `/profile/:userId/` → `/profile/<user_id>/`. */
export function toManifestRoute(route: string): string {
  return route.replace(/:([A-Za-z0-9_]+)/g, (_, name: string) => `<${toWireName(name) ?? name}>`)
}

function sorted<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  return Object.fromEntries([...entries].sort(([a], [b]) => (a < b ? -1 : 1)))
}
