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
  try {
    const state: unknown = JSON.parse(page.getElementById(id)?.textContent ?? '')
    // cast: written by stateToJson, which is of one version with this.
    return isState(state) ? (state as unknown as KernelState) : undefined
  } catch {
    return undefined
  }
}

function isState(value: unknown): value is { readonly contexts: readonly unknown[] } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'contexts' in value &&
    Array.isArray(value.contexts)
  )
}
