/** A whole page for a view function: its contexts, its component, its document. */

import { type Context, currentScope, inject, readContext, view } from '@mizan/server'
import { type DocumentOptions, renderDocument } from './document.ts'
import { Renderer } from './renderer.ts'

/** A context that a page starts with, with its params where it has any. */
export type PageContext = Context | readonly [Context, Readonly<Record<string, unknown>>]

/** What else belongs to a page. */
export interface RenderPageOptions extends Omit<DocumentOptions, 'html' | 'state' | 'head'> {
  /** Props of the component: JSON. @default {} */
  readonly props?: Readonly<Record<string, unknown>>
  /** @default 200 */
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Milliseconds; the renderer's own by default. */
  readonly timeout?: number
}

/**
 * Renders the page of the component `name` with the data of `contexts`, read through the same guards and cache as a client's. The
 * browser's kernel starts with them, and asks for nothing that is there.
 *
 * @param contexts what the page's hooks read: `[ProjectContext, { slug }]`
 * @throws MizanError of a guard or a failing context; what `Renderer.render` throws
 */
export async function renderPage(
  name: string,
  contexts: readonly PageContext[] = [],
  options: RenderPageOptions = {},
): Promise<Response> {
  const { props = {}, status = 200, headers = {}, timeout, ...document } = options
  const renderer = inject(Renderer)
  const answers = await Promise.all(
    contexts.map((one) => ('name' in one ? readContext(one) : readContext(one[0], one[1]))),
  )
  const state = {
    contexts: answers.map((answer) => ({ ...answer, fetchedAt: Date.now() })).map(toEntry),
  }
  // A nonce is for one answer: who keeps the page would give it to everybody.
  if (options.nonce !== undefined) currentScope()?.observeRead('*')
  const signal = currentScope()?.signal
  const page = await renderer.render(name, props, {
    state,
    ...(timeout === undefined ? {} : { timeout }),
    ...(signal === undefined ? {} : { signal }),
  })
  return view(renderDocument({ ...page, ...document }), { status, headers })
}

type Answer = Awaited<ReturnType<typeof readContext>> & { readonly fetchedAt: number }

/** One instance as a kernel dehydrates it. */
function toEntry({ artifact, context, params, ...held }: Answer): object {
  const query = Object.entries(params)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]) => `${name}=${encodeURIComponent(text)}`)
    .join('&')
  return { key: `${artifact}/${context}?${query}`, context, ...held }
}
