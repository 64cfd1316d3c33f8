/** A whole HTML page around what comes piece by piece. */

import {
  documentEnd,
  documentStart,
  documentTail,
  escapeHtml,
  nonceOf,
  stateElement,
  type DocumentAround,
  toScriptText,
} from './document.ts'
import type { StreamedPiece } from './renderer.ts'

/** Name of the list in the browser's global scope to which late pieces add their state; `streamed()` of `@mizan/base` reads it. */
export const streamedStateName = '__mizanState'

/** What stands around a page that comes piece by piece. */
export interface StreamedDocumentOptions extends DocumentAround {
  /**
   * Is told what fails after the first piece of a page that can be taken over piece by piece: the document is ended then, so that the
   * browser knows that nothing more comes, and makes the rest itself.
   *
   * @default the iteration fails half way
   */
  readonly onError?: (error: unknown) => void
}

type Pieces = AsyncGenerator<StreamedPiece, unknown, void>

/**
 * The document as text, at once as far as it is known. Where the pieces say what belongs to them, the scripts run as soon as the first one
 * is there, and each later one stands behind its state; otherwise state and scripts come at the end, and an error ends the iteration half way.
 *
 * @param pieces what `Renderer.stream` gives
 */
export async function* streamDocument(
  pieces: Pieces,
  around: StreamedDocumentOptions,
): AsyncGenerator<string, void, void> {
  try {
    // What fails at once is no document yet.
    const { done, value } = await pieces.next()
    if (done) yield `${documentStart(around)}${documentEnd(around, value)}`
    else {
      const { html, head = '', state } = value
      const withHead = { ...around, head: [around.head, head].filter(Boolean).join('\n') }
      if (state === undefined) {
        yield `${documentStart(withHead)}${html}`
        yield* restInOrder(pieces, withHead)
      } else {
        yield `${documentStart(toShell(withHead))}${html}${shellEnd(around, state)}`
        yield* latePieces(pieces, around)
      }
    }
  } finally {
    await pieces.return(undefined)
  }
}

async function* restInOrder(
  pieces: Pieces,
  around: StreamedDocumentOptions,
): AsyncGenerator<string, void, void> {
  let step = await pieces.next()
  for (; !step.done; step = await pieces.next()) yield step.value.html
  yield documentEnd(around, step.value)
}

async function* latePieces(
  pieces: Pieces,
  around: StreamedDocumentOptions,
): AsyncGenerator<string, void, void> {
  try {
    for (let step = await pieces.next(); !step.done; step = await pieces.next()) {
      const { html, state } = step.value
      yield `${state === undefined ? '' : lateState(state, around)}${html}`
    }
  } catch (error) {
    if (around.onError === undefined) throw error
    around.onError(error)
  }
  yield documentTail
}

/** Without scripts nobody puts late pieces in their places: they are shown where they are. */
function toShell(options: DocumentAround): DocumentAround {
  const shown = ['[hidden][id^="S:"]', '[hidden]:has(>[id^="S:"])']
  const rules = shown.map((selector) => `${selector}{display:block!important}`).join('')
  const style = `<noscript><style${nonceOf(options)}>${rules}</style></noscript>`
  return { ...options, head: [options.head, style].filter(Boolean).join('\n') }
}

/** The state of the first piece, and the scripts, which wait for nothing else. */
function shellEnd(options: DocumentAround, state: string): string {
  const { scripts = [] } = options
  const nonce = nonceOf(options)
  return [
    '</div>',
    stateElement(state),
    ...scripts.map(
      (url) => `<script type="module" async src="${escapeHtml(url)}"${nonce}></script>`,
    ),
    '',
  ].join('\n')
}

/** As a text, because a literal in a script is not in all cases what JSON is: `__proto__`. */
function lateState(state: string, options: DocumentAround): string {
  const add = `(self.${streamedStateName}=self.${streamedStateName}||[]).push(${JSON.stringify(state)})`
  return `<script${nonceOf(options)}>${toScriptText(add)}</script>`
}
