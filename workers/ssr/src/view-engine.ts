/** Pages for handlers outside of Mizan: Express `res.render('ProfilePage', props)`, Fastify `reply.view`, Hono `c.render`. */

import { type DocumentOptions, renderDocument } from './document.ts'
import type { Renderer } from './renderer.ts'

/** What every page of a server has: scripts, styles, language. */
export type PageDefaults = Omit<DocumentOptions, 'html' | 'state' | 'head'>

/** A page by name: its props, and under `document` what belongs around it. */
export type ViewProps = Readonly<Record<string, unknown>> & { readonly document?: PageDefaults }

/** Renders the document of one page. */
export async function renderView(
  renderer: Renderer,
  name: string,
  { props, defaults = {} }: { readonly props: ViewProps; readonly defaults?: PageDefaults },
): Promise<string> {
  const { document, ...own } = props
  const page = await renderer.render(name, own)
  return renderDocument({ ...defaults, ...document, ...page })
}

/** The part of an Express application that is used. */
export interface ExpressLike {
  set(name: string, value: unknown): unknown
}

/**
 * Makes `response.render('ProfilePage', { name })` render components. What Express adds to the props (`settings`, `_locals`, `cache`)
 * stays behind; `app.locals` and `response.locals` are props beneath those that are given.
 */
export function expressViews(app: ExpressLike, renderer: Renderer, defaults?: PageDefaults): void {
  app.set('view', viewOf(renderer, defaults))
}

/** What Express makes of each name, instead of looking for a file. */
function viewOf(renderer: Renderer, defaults: PageDefaults | undefined): unknown {
  return class ComponentView {
    readonly name: string
    /** Express takes a view without a path for one that was not found. */
    readonly path: string

    constructor(name: string) {
      this.name = name
      this.path = name
    }

    render(given: Record<string, unknown>, done: (error: unknown, html?: string) => void): void {
      const { settings: _settings, _locals, cache: _cache, ...props } = given
      const all = { ...(_locals as object | undefined), ...props } // cast: response.locals
      renderView(renderer, this.name, { props: all, ...(defaults && { defaults }) }).then(
        (html) => done(null, html),
        (error: unknown) => done(error),
      )
    }
  }
}

/** The part of a Fastify instance that is used. */
export interface FastifyLike {
  decorateReply(
    name: 'view',
    method: (this: FastifyReplyLike, name: string, props?: ViewProps) => Promise<unknown>,
  ): unknown
}

/** The part of a Fastify reply that is used. */
export interface FastifyReplyLike {
  type(contentType: string): { send(body: string): unknown }
}

/** Adds `reply.view('ProfilePage', { name })`: `return reply.view(…)`. */
export function fastifyViews(app: FastifyLike, renderer: Renderer, defaults?: PageDefaults): void {
  app.decorateReply('view', async function view(name, props = {}) {
    const html = await renderView(renderer, name, { props, ...(defaults && { defaults }) })
    return this.type('text/html; charset=utf-8').send(html)
  })
}

/** The part of a Hono context that is used. */
export interface HonoContextLike {
  html(html: string): Response | Promise<Response>
  // cast: `setRenderer` takes what the application declares in `ContextRenderer`
  setRenderer(renderer: never): void
}

/**
 * Middleware that makes `c.render('ProfilePage', { name })` render components; the application says so once with
 * `declare module 'hono' { interface ContextRenderer { (name: string, props?: ViewProps): Promise<Response> } }`.
 */
export function honoViews(
  renderer: Renderer,
  defaults?: PageDefaults,
): (context: HonoContextLike, next: () => Promise<void>) => Promise<void> {
  return async (context, next) => {
    const render = async (name: string, props: ViewProps = {}): Promise<Response> =>
      context.html(await renderView(renderer, name, { props, ...(defaults && { defaults }) }))
    context.setRenderer(render as never) // cast: as declared above
    await next()
  }
}
