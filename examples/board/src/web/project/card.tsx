/** A task as a card on the board. */

import { type KeyboardEvent, memo, type PointerEvent, type ReactElement } from 'react'
import type { Member, TaskCard } from '../../../mizan/react.gen.ts'
import { priorityLabels, statusLabels } from '../../model.ts'
import { Avatar } from '../avatar.tsx'
import { Icon } from '../icons.tsx'
import { Link } from '../link.tsx'
import { projectPath } from '../router.ts'
import { dayText } from '../time.ts'
import { useToday } from '../use-today.ts'

export interface CardProps {
  readonly card: TaskCard
  readonly projectId: number
  readonly assignee: Member | undefined
  readonly canEdit: boolean
  readonly isOpen: boolean
  /** Tab stops here; arrow keys reach the other cards of the column. */
  readonly isStop: boolean
  readonly isDragged: boolean
  readonly hasSlotBefore: boolean
  readonly onPointerDown: (event: PointerEvent<HTMLElement>, taskId: number) => void
  readonly onFocus: (taskId: number) => void
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>, taskId: number) => void
}

export const Card = memo(function Card(props: CardProps): ReactElement {
  const { card, assignee } = props
  const today = useToday()
  const isLate = card.dueOn !== null && card.status !== 'done' && card.dueOn < today
  const flags = [
    props.canEdit && 'card-movable',
    props.isOpen && 'card-open',
    props.isDragged && 'card-dragged',
    props.hasSlotBefore && 'card-slot',
  ]
  return (
    <li
      className={['card', ...flags.filter((flag) => flag !== false)].join(' ')}
      data-task={card.id}
      onPointerDown={(event) => props.canEdit && props.onPointerDown(event, card.id)}
    >
      <Link
        id={`card-${card.id}`}
        className="card-title"
        to={projectPath(props.projectId, card.id)}
        draggable={false}
        tabIndex={props.isStop ? 0 : -1}
        aria-current={props.isOpen ? 'true' : undefined}
        aria-describedby="board-keys"
        onFocus={() => props.onFocus(card.id)}
        onKeyDown={(event) => props.onKeyDown(event, card.id)}
      >
        {card.title}
        <span className="visually-hidden">, {statusLabels[card.status]}</span>
      </Link>
      {props.canEdit && <span className="card-grip" aria-hidden="true" />}
      <div className="card-facts">
        {card.priority !== 'normal' && (
          <span className={`priority priority-${card.priority}`}>
            {priorityLabels[card.priority]}
          </span>
        )}
        {card.dueOn !== null && (
          <span className={`fact${isLate ? ' alarm' : ''}`}>
            <Icon name="calendar" />
            <span className="visually-hidden">{isLate ? 'Overdue since' : 'Due'}</span>{' '}
            {dayText(card.dueOn)}
          </span>
        )}
        {card.commentCount > 0 && (
          <span className="fact">
            <Icon name="comment" /> {card.commentCount}
            <span className="visually-hidden"> comments</span>
          </span>
        )}
        <span className="card-assignee">
          <Avatar person={assignee} />
        </span>
      </div>
    </li>
  )
})
