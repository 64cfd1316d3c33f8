/** One column: its cards, a place to drop one, a line to add one. */

import type { KeyboardEvent, PointerEvent, ReactElement } from 'react'
import type { Member, TaskCard } from '../../../mizan/react.gen.ts'
import { type Status, statusLabels } from '../../model.ts'
import { Skeleton } from '../state-view.tsx'
import { AddTask } from './add-task.tsx'
import { Card } from './card.tsx'
import type { Slot } from './use-card-drag.ts'

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
  /** Where the dragged card would land, when it is over this column. */
  readonly slot: Slot['before'] | undefined
  readonly onCardPointerDown: (event: PointerEvent<HTMLElement>, taskId: number) => void
  readonly onFocusCard: (taskId: number) => void
  readonly onCardKeyDown: (event: KeyboardEvent<HTMLElement>, taskId: number) => void
}

export function Column(props: ColumnProps): ReactElement {
  const { status, cards, members, draggedTaskId, slot } = props
  const stop = cards.find((card) => card.id === props.focusedTaskId)?.id ?? cards[0]?.id
  return (
    <section
      className={`column${slot === undefined ? '' : ' column-target'}`}
      aria-labelledby={`column-${status}`}
      data-status={status}
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
            hasSlotBefore={card.id === slot}
            onPointerDown={props.onCardPointerDown}
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
