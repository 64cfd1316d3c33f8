/** The order of cards, and what moves make of it. */

import { expect, test } from 'vitest'
import { applyMove, cardTowards, moveTowards, type Placed } from './board-order.ts'

const cards: readonly Placed[] = [
  { id: 1, status: 'todo' },
  { id: 2, status: 'doing' },
  { id: 3, status: 'todo' },
  { id: 4, status: 'todo' },
  { id: 5, status: 'doing' },
]

const order = (list: readonly Placed[], status: string): number[] =>
  list.filter((card) => card.status === status).map((card) => card.id)

test('a card goes before the named one', () => {
  const moved = applyMove(cards, { taskId: 4, status: 'doing', beforeTaskId: 5 })
  expect(order(moved, 'doing')).toEqual([2, 4, 5])
  expect(order(moved, 'todo')).toEqual([1, 3])
})

test('a card goes to the end when the named one is elsewhere by now', () => {
  expect(order(applyMove(cards, { taskId: 1, status: 'doing', beforeTaskId: 3 }), 'doing')).toEqual(
    [2, 5, 1],
  )
})

test('a move that was already made changes nothing', () => {
  const move = { taskId: 4, status: 'doing', beforeTaskId: 5 } as const
  const once = applyMove(cards, move)
  expect(applyMove(once, move)).toEqual(once)
})

test('a card that is gone is not moved', () => {
  expect(applyMove(cards, { taskId: 9, status: 'done', beforeTaskId: null })).toBe(cards)
})

test('keys move a card by one place', () => {
  const after = (taskId: number, direction: 'up' | 'down'): number[] => {
    const move = moveTowards(cards, taskId, direction)
    return order(move === undefined ? cards : applyMove(cards, move), 'todo')
  }
  expect(after(3, 'up')).toEqual([3, 1, 4])
  expect(after(3, 'down')).toEqual([1, 4, 3])
  expect(after(1, 'up')).toEqual([1, 3, 4])
  expect(after(4, 'down')).toEqual([1, 3, 4])
})

test('keys move a card to the same height of the next column', () => {
  expect(moveTowards(cards, 3, 'right')).toEqual({ taskId: 3, status: 'doing', beforeTaskId: 5 })
  expect(moveTowards(cards, 1, 'left')).toBeUndefined()
})

test('arrow keys pass over empty columns', () => {
  const far: readonly Placed[] = [...cards, { id: 6, status: 'done' }]
  expect(cardTowards(far, 5, 'right')).toBe(6)
  expect(cardTowards(far, 6, 'left')).toBe(2)
  expect(cardTowards(far, 6, 'right')).toBeUndefined()
})
