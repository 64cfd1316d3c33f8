/** The state of a kernel on its way from a server's page into the browser's. */

import type { KernelState } from './kernel-state.ts'

/** JSON that may stand in a script element, whatever the data says: nothing in it closes the element or begins another. */
export function stateToJson(state: KernelState): string {
  return JSON.stringify(state).replace(
    /[<>&\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * The state in the element with this id; `undefined` when there is none, or it was cut short: the page then asks for what it
 * shows.
 */
export function readState(
  id = 'mizan-state',
  page: Pick<Document, 'getElementById'> = document,
): KernelState | undefined {
  return parseState(page.getElementById(id)?.textContent)
}

/** What comes with a piece of a page that is still on its way. */
export interface PieceState extends KernelState {
  /** Keys of what comes with later pieces. */
  readonly pending?: readonly string[]
}

/** The state in `text`; `undefined` when it is none. */
export function parseState(text: unknown): PieceState | undefined {
  try {
    const state: unknown = JSON.parse(String(text))
    // cast: written by stateToJson or by a render worker, which are of one version with this.
    return isState(state) ? (state as unknown as PieceState) : undefined
  } catch {
    return undefined
  }
}

function isState(value: unknown): value is { readonly contexts: readonly unknown[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'contexts' in value &&
    Array.isArray(value.contexts) &&
    (!('pending' in value) || Array.isArray(value.pending))
  )
}
