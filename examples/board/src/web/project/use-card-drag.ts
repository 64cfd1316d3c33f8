/** Dragging a card with a mouse, a pen, or a finger on its grip: it follows the pointer, and the columns show where it would land. */

import { type PointerEvent, useCallback, useEffect, useRef, useState } from 'react'
import { type Status, statuses } from '../../model.ts'
import type { CardMove } from './board-order.ts'

/** Where a dragged card would go: before this card, or at the end. */
export interface Slot {
  readonly status: Status
  readonly before: number | 'end'
}

export interface CardDrag {
  readonly taskId: number
  readonly slot: Slot | undefined
}

export interface CardDragResult {
  readonly drag: CardDrag | undefined
  /** Of the card's element. */
  readonly onPointerDown: (event: PointerEvent<HTMLElement>, taskId: number) => void
}

/** Pixels that a pointer may move and still have only pressed. */
const slack = 5
/** Pixels from an edge, and pixels a frame: a card that is held there scrolls what it is over. */
const edge = 48
const pace = 12

export function useCardDrag(onMove: (move: CardMove) => void): CardDragResult {
  const [drag, setDrag] = useState<CardDrag | undefined>(undefined)
  const latest = useRef(onMove)
  const gesture = useRef<AbortController | undefined>(undefined)
  useEffect(() => {
    latest.current = onMove
  }, [onMove])
  useEffect(() => () => gesture.current?.abort(), [])

  const onPointerDown = useCallback((event: PointerEvent<HTMLElement>, taskId: number): void => {
    const { target, currentTarget: card, clientX, clientY, pointerId, pointerType } = event
    // A finger anywhere else scrolls.
    const isGrip = target instanceof Element && target.closest('.card-grip') !== null
    if (!event.isPrimary || event.button !== 0 || (pointerType === 'touch' && !isGrip)) return
    gesture.current?.abort()
    const ended = new AbortController()
    gesture.current = ended
    const { signal } = ended
    let isDragging = false
    let slot: Slot | undefined
    let ghost: HTMLElement | undefined
    let at = { x: clientX, y: clientY }

    const follow = (): void => {
      if (ghost) ghost.style.translate = `${at.x - clientX}px ${at.y - clientY}px`
      const next = slotAt(at, taskId)
      if (next?.status === slot?.status && next?.before === slot?.before) return
      slot = next
      setDrag({ taskId, slot })
    }
    const scroll = (): void => {
      if (signal.aborted) return
      scrollAround(at)
      follow()
      requestAnimationFrame(scroll)
    }
    const move = (moved: globalThis.PointerEvent): void => {
      if (moved.pointerId !== pointerId) return
      at = { x: moved.clientX, y: moved.clientY }
      if (!isDragging) {
        if (Math.hypot(at.x - clientX, at.y - clientY) < slack) return
        isDragging = true
        ghost = raise(card)
        setDrag({ taskId, slot })
        requestAnimationFrame(scroll)
      }
      follow()
    }
    const drop = (dropped: globalThis.PointerEvent): void => {
      if (dropped.pointerId !== pointerId) return
      if (isDragging) {
        // Otherwise the card under the pointer opens.
        addEventListener('click', refuse, { capture: true, once: true })
        setTimeout(() => removeEventListener('click', refuse, { capture: true }))
      }
      const target = slot
      ended.abort()
      if (isDragging && target) {
        const { status, before } = target
        latest.current({ taskId, status, beforeTaskId: before === 'end' ? null : before })
      }
    }
    const giveUp = ({ key }: KeyboardEvent): void => {
      if (key === 'Escape' && isDragging) ended.abort()
    }
    signal.addEventListener('abort', () => {
      ghost?.remove()
      setDrag(undefined)
    })
    addEventListener('pointermove', move, { signal })
    addEventListener('pointerup', drop, { signal })
    addEventListener('pointercancel', () => ended.abort(), { signal })
    addEventListener('keydown', giveUp, { signal, capture: true })
  }, [])
  return { drag, onPointerDown }
}

/** A likeness of the card where it stands; the column that the card is in would cut it off. */
function raise(card: HTMLElement): HTMLElement {
  const { left, top, width } = card.getBoundingClientRect()
  // cast: a copy of an HTML element is one
  const ghost = card.cloneNode(true) as HTMLElement
  for (const element of ghost.querySelectorAll('[id]')) element.removeAttribute('id')
  delete ghost.dataset['task']
  ghost.inert = true
  ghost.classList.add('card-ghost')
  Object.assign(ghost.style, { left: `${left}px`, top: `${top}px`, width: `${width}px` })
  document.body.append(ghost)
  return ghost
}

interface Point {
  readonly x: number
  readonly y: number
}

/** The slot below a point; undefined outside of the columns, and where the card stands already. */
function slotAt({ x, y }: Point, taskId: number): Slot | undefined {
  const column = document.elementFromPoint(x, y)?.closest<HTMLElement>('[data-status]')
  const status = statuses.find((one) => one === column?.dataset['status'])
  if (!column || status === undefined) return undefined
  const cards = [...column.querySelectorAll<HTMLElement>('[data-task]')]
  const ids = cards.map((card) => Number(card.dataset['task']))
  const own = ids.indexOf(taskId)
  // The card whose upper half, or the gap above it, is at this height; the dragged one is somewhere else by now.
  const index = cards.findIndex((card, place) => {
    if (place === own) return false
    const { top, height } = card.getBoundingClientRect()
    return y < top + height / 2
  })
  const stays = own !== -1 && (index === -1 ? own === ids.length - 1 : index === own + 1)
  return stays ? undefined : { status, before: ids[index] ?? 'end' }
}

/** Scrolls the lists below a point that is near one of their edges. */
function scrollAround({ x, y }: Point): void {
  const below = document.elementFromPoint(x, y)
  const cards = below?.closest('.column')?.querySelector('.cards')
  const board = below?.closest('.board')
  if (cards) {
    const { top, bottom } = cards.getBoundingClientRect()
    cards.scrollBy(0, towards(y, top, bottom))
  }
  if (board) {
    const { left, right } = board.getBoundingClientRect()
    board.scrollBy(towards(x, left, right), 0)
  }
}

function towards(place: number, start: number, end: number): number {
  if (place < start + edge) return -pace
  return place > end - edge ? pace : 0
}

function refuse(event: Event): void {
  event.preventDefault()
  event.stopPropagation()
}
