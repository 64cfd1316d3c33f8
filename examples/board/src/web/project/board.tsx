/** The columns of a project; cards are moved by dragging, also with a finger, or with Alt and the arrow keys. */

import { type KeyboardEvent, type ReactElement, useState } from 'react'
import { type TaskCard, useProjectDetail, useProjectTasks } from '../../../mizan/react.gen.ts'
import { hasRole, statuses } from '../../model.ts'
import { Failure } from '../state-view.tsx'
import { cardTowards, type Direction, moveTowards, toColumns } from './board-order.ts'
import { Column, ColumnSkeleton } from './column.tsx'
import { useBoardMoves } from './use-board-moves.ts'
import { useCardDrag } from './use-card-drag.ts'

export interface BoardProps {
  readonly projectId: number
  readonly openTaskId: number | undefined
}

const directions: ReadonlyMap<string, Direction> = new Map([
  ['ArrowUp', 'up'],
  ['ArrowDown', 'down'],
  ['ArrowLeft', 'left'],
  ['ArrowRight', 'right'],
])

const none: readonly TaskCard[] = []

export function Board({ projectId, openTaskId }: BoardProps): ReactElement {
  const tasks = useProjectTasks()
  const { data: project } = useProjectDetail()
  const cards = tasks.data ?? none
  const move = useBoardMoves(projectId, cards)
  const { drag, onPointerDown } = useCardDrag(move)
  const [focused, setFocused] = useState<number | undefined>(undefined)
  const canEdit = project !== undefined && hasRole(project.role, 'member')

  const onKeyDown = (event: KeyboardEvent<HTMLElement>, taskId: number): void => {
    const direction = directions.get(event.key)
    if (direction === undefined || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if (!event.altKey) {
      const next = cardTowards(cards, taskId, direction)
      if (next !== undefined) document.getElementById(`card-${next}`)?.focus()
      return
    }
    const next = canEdit ? moveTowards(cards, taskId, direction) : undefined
    if (next === undefined) return
    move(next)
    // The card is another element in another column: give it the focus back once it stands there.
    requestAnimationFrame(() => document.getElementById(`card-${taskId}`)?.focus())
  }

  if (tasks.data === undefined && tasks.status === 'error')
    return <Failure what="The tasks" result={tasks} />
  const columns = toColumns(cards)
  return (
    <section className="board-area" aria-label="Board">
      <p id="board-keys" className="visually-hidden">
        Arrow keys go from card to card, Enter opens one.
        {canEdit && ' Alt and an arrow key moves the card.'}
      </p>
      <div className="board" aria-busy={tasks.data === undefined}>
        {statuses.map((status) =>
          tasks.data === undefined ? (
            <ColumnSkeleton key={status} status={status} />
          ) : (
            <Column
              key={status}
              projectId={projectId}
              status={status}
              cards={columns.get(status) ?? none}
              members={project?.members ?? []}
              canEdit={canEdit}
              openTaskId={openTaskId}
              focusedTaskId={focused}
              draggedTaskId={drag?.taskId}
              slot={drag?.slot?.status === status ? drag.slot.before : undefined}
              onCardPointerDown={onPointerDown}
              onFocusCard={setFocused}
              onCardKeyDown={onKeyDown}
            />
          ),
        )}
      </div>
    </section>
  )
}
