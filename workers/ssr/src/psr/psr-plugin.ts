/** Pages as a part of a Mizan app: served from a store, rendered when a mutation changes them. */

import type { Layer, ProtocolRequest, ProtocolResponse, Target } from '@mizan/protocol'
import { formatInvalidate } from '@mizan/protocol'
import {
  definePlugin,
  type Plugin,
  type PluginHost,
  type PurgeBatch,
  type RequestScope,
} from '@mizan/server'
import { createFindPage, type FindPage } from './page-routes.ts'
import type { PageStore } from './page-store.ts'
import { Pages } from './pages.ts'
import type { StoredPage } from './stored-page.ts'

/** How pages are kept. */
export interface PsrOptions {
  readonly store: PageStore
  /** Paths of the pages that a deploy renders: `['/p/design-system/']`. */
  readonly paths?: () => PathsResult | Promise<PathsResult>
  /** Names of plugins that pages need while they are rendered. @default [] */
  readonly dependsOn?: readonly string[]
  /** Pages rendered in the background at once. @default 2 */
  readonly concurrency?: number
  /**
   * Milliseconds after a change in which further changes cost no render of their own; whoever asks for the page does not wait
   * for their end.
   * @default 100
   */
  readonly delay?: number
  /** Milliseconds since 1970. @default Date.now */
  readonly clock?: () => number
}

/** What `paths` may give. */
export type PathsResult = Iterable<string> | AsyncIterable<string>

/** What came of rendering all pages. */
export interface RenderReport {
  readonly rendered: readonly string[]
  /** Not for everybody, or gone. */
  readonly skipped: readonly PageNote[]
  readonly failed: readonly PageNote[]
}

/** A page, and why. */
export interface PageNote {
  readonly path: string
  readonly reason: string
}

/** The plugin, and what a deploy asks of it. */
export interface PsrPlugin extends Plugin {
  /**
   * Renders the pages of `paths`, once the app has started.
   *
   * @throws TypeError before the start
   */
  renderAll(): Promise<RenderReport>
}

/**
 * Serves the pages of contexts (view functions with `context` and `route`) from `options.store`, where everything that they have read
 * is public. Of pages that cannot be kept it keeps nothing.
 *
 * Needs `createApp({ cache: { secret } })` where pages read a database: nobody could tell else what a change is of.
 *
 * @see PROTOCOL section 9
 */
export function psrPlugin(options: PsrOptions): PsrPlugin {
  const { concurrency = 2, delay = 100, clock = Date.now } = options
  const own = new WeakSet<ProtocolRequest>()
  let started:
    | { readonly pages: Pages; readonly findPage: FindPage; readonly digest: string }
    | undefined

  const start = (host: PluginHost): void => {
    const render = (path: string): Promise<ProtocolResponse> => {
      const request = anonymousGet(path)
      own.add(request)
      return host.handle(request)
    }
    const { artifact, logger } = host
    const { digest } = artifact
    const { store } = options
    const pages = new Pages({ store, artifact: digest, render, concurrency, delay, logger, clock })
    started = { pages, findPage: createFindPage(artifact), digest }
  }

  const serve: Layer<RequestScope, ProtocolResponse> = async (scope, next) => {
    const { request } = scope
    if (started === undefined || own.has(request) || !mayBePage(request)) return next(scope)
    const { pages, findPage, digest } = started
    const path = findPage(request.path)
    if (path === undefined || pages.isOther(path)) return next(scope)
    // A store that fails is none.
    const found = await pages.find(path).catch(() => undefined)
    if (found?.isFresh) return respond(request, found.page, { digest, now: clock() })
    const fails = pages.failures.get(path)
    if (found !== undefined && fails !== undefined && fails.retryAt > clock())
      return respondStale(request, found.page)
    const outcome = await pages.render(path).catch(() => undefined)
    if (outcome?.kind === 'page') return respond(request, outcome.page, { digest, now: clock() })
    const isFailure = outcome === undefined || outcome.kind === 'failure'
    return isFailure && found !== undefined ? respondStale(request, found.page) : next(scope)
  }

  return Object.freeze({
    ...definePlugin({
      name: 'psr',
      ...(options.dependsOn === undefined ? {} : { dependsOn: options.dependsOn }),
      aroundRequest: serve,
      purgers: [
        {
          name: 'psr',
          isAwaited: true,
          purge: async (batch) => started?.pages.purge(tagsOf(batch)),
        },
      ],
      start,
      stop: () => started?.pages.close(),
      inspect: () => ({ failing: started?.pages.failures.all ?? [] }),
    }),
    async renderAll(): Promise<RenderReport> {
      if (started === undefined) throw new TypeError('renderAll(): start the app first')
      return renderAll(started, (await options.paths?.()) ?? [])
    },
  })
}

async function renderAll(
  { pages, findPage }: { readonly pages: Pages; readonly findPage: FindPage },
  paths: PathsResult,
): Promise<RenderReport> {
  const report = { rendered: [] as string[], skipped: [] as PageNote[], failed: [] as PageNote[] }
  for await (const given of paths) {
    const path = findPage(given)
    if (path === undefined) {
      report.skipped.push({ path: given, reason: 'no page of a context stands there' })
      continue
    }
    const outcome = await pages.render(path)
    if (outcome.kind === 'page') report.rendered.push(path)
    else if (outcome.kind === 'failure') report.failed.push({ path, reason: outcome.reason })
    else report.skipped.push({ path, reason: outcome.reason })
  }
  return report
}

/** A page with a query is another page; one for another origin has headers for it. */
function mayBePage({ method, query, headers }: ProtocolRequest): boolean {
  return method === 'GET' && query === '' && headers['origin'] === undefined
}

function anonymousGet(path: string): ProtocolRequest {
  const { signal } = new AbortController()
  return { method: 'GET', path, query: '', headers: {}, body: null, signal }
}

interface Delivery {
  readonly digest: string
  /** Milliseconds since 1970. */
  readonly now: number
}

/** An edge may keep it as long as it is kept here. */
function respond(
  request: ProtocolRequest,
  page: StoredPage,
  { digest, now }: Delivery,
): ProtocolResponse {
  const tags = Object.keys(page.versions).map(encodeURIComponent).join('+')
  const ttl = Math.floor((page.expires - now) / 1_000)
  const policy = `public; ttl=${ttl}; tags=${tags}; artifact=${digest}`
  return toResponse(request, page, [['x-mizan-cache', policy]])
}

/** What others keep must not be this: it says that it is old, and no longer how long it may be kept. */
function respondStale(request: ProtocolRequest, page: StoredPage): ProtocolResponse {
  return toResponse(request, page, [['x-mizan-page', 'stale']])
}

function toResponse(
  request: ProtocolRequest,
  page: StoredPage,
  added: readonly (readonly [string, string])[],
): ProtocolResponse {
  const common = [['cache-control', 'no-store'], ['etag', page.etag], ...added] as const
  return request.headers['if-none-match'] === page.etag
    ? { status: 304, headers: common, body: null }
    : { status: 200, headers: [...page.headers, ...common], body: page.html }
}

/** Tags in the words of `X-Mizan-Cache`. */
function tagsOf({ targets, changed }: PurgeBatch): string[] {
  return [...new Set([...targets.flatMap(tagsOfTarget), ...changed])]
}

/** Those of its first param by name, as value and as absent; every instance has one of them. */
function tagsOfTarget({ context, params = {} }: Target): string[] {
  const [first] = Object.keys(params)
    .filter((name) => params[name] !== undefined)
    .sort()
  if (first === undefined) return [context]
  const value = params[first]
  return [formatInvalidate([{ context, params: { [first]: value } }]), `${context};${first}`]
}
