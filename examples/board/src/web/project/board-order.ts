/** The order of cards on a board, and what a move makes of it. */

import { type Status, statuses } from '../../model.ts'

/** What the order needs of a card. */
export interface Placed {
  readonly id: number
  readonly status: Status
}

/** Puts a card into a column, before another one or at the end. */
export interface CardMove {
  readonly taskId: number
  readonly status: Status
  readonly beforeTaskId: number | null
}

export type Direction = 'up' | 'down' | 'left' | 'right'

/** The cards of each column, in order. */
export function toColumns<Card extends Placed>(
  cards: readonly Card[],
): ReadonlyMap<Status, readonly Card[]> {
  return new Map(statuses.map((status) => [status, cards.filter((card) => card.status === status)]))
}

/** The cards as they stand after `move`; unchanged when the card is gone. Applying a move twice is applying it once. */
export function applyMove<Card extends Placed>(
  cards: readonly Card[],
  move: CardMove,
): readonly Card[] {
  const card = cards.find(({ id }) => id === move.taskId)
  if (card === undefined) return cards
  const rest = cards.filter(({ id }) => id !== move.taskId)
  const before = rest.findIndex(
    ({ id, status }) => id === move.beforeTaskId && status === move.status,
  )
  return rest.toSpliced(before === -1 ? rest.length : before, 0, { ...card, status: move.status })
}

/** The move that a key asks for; `undefined` at the edge of the board. */
export function moveTowards(
  cards: readonly Placed[],
  taskId: number,
  direction: Direction,
): CardMove | undefined {
  const card = cards.find(({ id }) => id === taskId)
  if (card === undefined) return undefined
  const columns = toColumns(cards)
  const column = columns.get(card.status) ?? []
  const index = column.indexOf(card)
  if (direction === 'up') {
    const above = column[index - 1]
    return above && { taskId, status: card.status, beforeTaskId: above.id }
  }
  if (direction === 'down') {
    if (index === column.length - 1) return undefined
    return { taskId, status: card.status, beforeTaskId: column[index + 2]?.id ?? null }
  }
  const status = statuses[statuses.indexOf(card.status) + (direction === 'left' ? -1 : 1)]
  return status && { taskId, status, beforeTaskId: columns.get(status)?.[index]?.id ?? null }
}

/** The card that an arrow key goes to from `taskId`. */
export function cardTowards(
  cards: readonly Placed[],
  taskId: number,
  direction: Direction,
): number | undefined {
  const card = cards.find(({ id }) => id === taskId)
  if (card === undefined) return undefined
  const columns = toColumns(cards)
  const column = columns.get(card.status) ?? []
  const index = column.indexOf(card)
  if (direction === 'up') return column[index - 1]?.id
  if (direction === 'down') return column[index + 1]?.id
  const step = direction === 'left' ? -1 : 1
  for (let at = statuses.indexOf(card.status) + step; at >= 0 && at < statuses.length; at += step) {
    const next = columns.get(statuses[at] ?? 'todo') ?? []
    if (next.length > 0) return next[Math.min(index, next.length - 1)]?.id
  }
  return undefined
}
