/** Where a card goes between its neighbours: positions are numbers with room between them. */

/** The distance that new neighbours get. */
export const positionStep = 1024

/** Below this distance a column is numbered anew. */
export const smallestGap = 1e-6

/**
 * The position between two cards; `undefined` where the column ends.
 *
 * @returns `undefined` when the two are too close for another one between them.
 */
export function positionBetween(
  before: number | undefined,
  after: number | undefined,
): number | undefined {
  if (before === undefined) return after === undefined ? positionStep : after - positionStep
  if (after === undefined) return before + positionStep
  return after - before < smallestGap ? undefined : (before + after) / 2
}
