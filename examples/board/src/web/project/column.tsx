/** One column: its cards, a place to drop one, a line to add one. */

import { type DragEvent, type KeyboardEvent, type ReactElement, useState } from 'react'
import type { Member, TaskCard } from '../../../mizan/react.gen.ts'
import { type Status, statusLabels } from '../../model.ts'
import { Skeleton } from '../state-view.tsx'
import { AddTask } from './add-task.tsx'
import type { CardMove } from './board-order.ts'
import { Card } from './card.tsx'

export interface ColumnProps {
  readonly projectId: number
  readonly status: Status
  readonly cards: readonly TaskCard[]
  readonly members: readonly Member[]
  readonly canEdit: boolean
  readonly openTaskId: number | undefined
  /** The card that Tab goes to, when it is in this column. */
  readonly focusedTaskId: number | undefined
  readonly draggedTaskId: number | undefined
  readonly onDrag: (taskId: number | undefined) => void
  readonly onFocusCard: (taskId: number) => void
  readonly onMove: (move: CardMove) => void
  readonly onCardKeyDown: (event: KeyboardEvent<HTMLElement>, taskId: number) => void
}

/** Where a dragged card would go: before this card, or at the end. */
type Slot = number | 'end' | undefined

export function Column(props: ColumnProps): ReactElement {
  const { status, cards, members, draggedTaskId } = props
  const [slot, setSlot] = useState<Slot>(undefined)
  const stop = cards.find((card) => card.id === props.focusedTaskId)?.id ?? cards[0]?.id

  const onDragOver = (event: DragEvent<HTMLElement>): void => {
    if (draggedTaskId === undefined) return
    event.preventDefault()
    event.dataTransfer.dropEffect = 'move'
    setSlot(slotAt(event.currentTarget, event.clientY))
  }
  const onDrop = (event: DragEvent<HTMLElement>): void => {
    event.preventDefault()
    const at = slotAt(event.currentTarget, event.clientY)
    setSlot(undefined)
    props.onDrag(undefined)
    if (draggedTaskId === undefined || at === draggedTaskId) return
    const beforeTaskId = typeof at === 'number' ? at : null
    const index = cards.findIndex((card) => card.id === draggedTaskId)
    const stays = index !== -1 && (cards[index + 1]?.id ?? null) === beforeTaskId
    if (!stays) props.onMove({ taskId: draggedTaskId, status, beforeTaskId })
  }
  return (
    <section
      className={`column${slot === undefined ? '' : ' column-target'}`}
      aria-labelledby={`column-${status}`}
      data-status={status}
      onDragOver={onDragOver}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setSlot(undefined) // cast: DOM gives Nodes
      }}
      onDrop={onDrop}
    >
      <header className="column-head">
        <span className={`dot fill-${status}`} />
        <h2 id={`column-${status}`}>{statusLabels[status]}</h2>
        <span className="count">
          {cards.length}
          <span className="visually-hidden"> tasks</span>
        </span>
      </header>
      <ol className={`cards${slot === 'end' ? ' cards-slot-end' : ''}`}>
        {cards.map((card) => (
          <Card
            key={card.id}
            card={card}
            projectId={props.projectId}
            assignee={members.find((member) => member.id === card.assigneeId)}
            canEdit={props.canEdit}
            isOpen={card.id === props.openTaskId}
            isStop={card.id === stop}
            isDragged={card.id === draggedTaskId}
            hasSlotBefore={card.id === slot && card.id !== draggedTaskId}
            onDrag={props.onDrag}
            onFocus={props.onFocusCard}
            onKeyDown={props.onCardKeyDown}
          />
        ))}
      </ol>
      {cards.length === 0 && <p className="column-empty">Nothing here</p>}
      {props.canEdit && <AddTask projectId={props.projectId} status={status} />}
    </section>
  )
}

/** The card whose upper half, or the gap above it, is at this height. */
function slotAt(column: HTMLElement, y: number): Slot {
  for (const card of column.querySelectorAll<HTMLElement>('[data-task]')) {
    const box = card.getBoundingClientRect()
    if (y < box.top + box.height / 2) return Number(card.dataset['task'])
  }
  return 'end'
}

/** A column whose cards are on their way. */
export function ColumnSkeleton({ status }: { readonly status: Status }): ReactElement {
  return (
    <section className="column" aria-label={statusLabels[status]}>
      <header className="column-head">
        <span className={`dot fill-${status}`} />
        <h2>{statusLabels[status]}</h2>
      </header>
      <ol className="cards">
        {Array.from({ length: 5 }, (_, index) => (
          <li key={index} className="card">
            <Skeleton lines={2} />
          </li>
        ))}
      </ol>
    </section>
  )
}
