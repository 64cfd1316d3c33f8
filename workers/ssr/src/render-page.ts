/** A whole page for a view function: its contexts, its component, its document. */

import { type Context, currentScope, inject, readContext, view } from '@mizan/server'
import { type DocumentOptions, renderDocument } from './document.ts'
import { LateFailures, type OnLateFailure } from './late-failures.ts'
import { Renderer, type RenderOptions } from './renderer.ts'
import { streamDocument } from './stream-document.ts'

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
  const { props = {}, status = 200, headers = {}, timeout: _timeout, ...document } = options
  const renderer = inject(Renderer)
  const rendering = await startWith(contexts, options)
  const page = await renderer.render(name, props, rendering)
  return view(renderDocument({ ...page, ...document }), { status, headers })
}

/**
 * The same piece by piece, for a worker file with `stream`: what stands outside of `<Suspense>` is sent at once. Such a page is kept
 * nowhere. What fails before its first piece is an error as with {@link renderPage}; later it is logged, and the browser asks for what is
 * missing.
 */
export async function streamPage(
  name: string,
  contexts: readonly PageContext[] = [],
  options: RenderPageOptions = {},
): Promise<Response> {
  const { props = {}, status = 200, headers: given = {}, timeout: _timeout, ...document } = options
  const renderer = inject(Renderer)
  const rendering = await startWith(contexts, options)
  const pieces = renderer.stream(name, props, rendering)
  const onLateFailure = currentScope()?.container.get(LateFailures) as OnLateFailure | undefined // cast: as provide() pairs them
  const onError = onLateFailure && {
    onError(error: unknown) {
      // A page whose reader left has not failed.
      if (!rendering.signal?.aborted) onLateFailure(name, error)
    },
  }
  const texts = streamDocument(pieces, { head: '', ...document, ...onError })
  const first = await texts.next()
  const headers = new Headers(given)
  if (!headers.has('content-type')) headers.set('content-type', 'text/html; charset=utf-8')
  const encoder = new TextEncoder()
  const body = new ReadableStream<Uint8Array>(
    {
      start: (controller) => {
        if (!first.done) controller.enqueue(encoder.encode(first.value))
      },
      async pull(controller) {
        const { done, value } = await texts.next()
        if (done) controller.close()
        else controller.enqueue(encoder.encode(value))
      },
      cancel: async () => void (await texts.return()),
    },
    // Nothing is made ahead of who reads it but what the renderer allows.
    { highWaterMark: 0 },
  )
  return new Response(body, { status, headers })
}

/** What a render of the page starts with. */
async function startWith(
  contexts: readonly PageContext[],
  { timeout, nonce }: RenderPageOptions,
): Promise<RenderOptions> {
  const answers = await Promise.all(
    contexts.map((one) => ('name' in one ? readContext(one) : readContext(one[0], one[1]))),
  )
  // A nonce is for one answer: who keeps the page would give it to everybody.
  if (nonce !== undefined) currentScope()?.observeRead('*')
  const signal = currentScope()?.signal
  return {
    state: {
      contexts: answers.map((answer) => ({ ...answer, fetchedAt: Date.now() })).map(toEntry),
    },
    ...(timeout !== undefined && { timeout }),
    ...(nonce !== undefined && { nonce }),
    ...(signal !== undefined && { signal }),
  }
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
