/** Moves that show at once (`board-changes.ts`) and are taken back when the server refuses them. */

import { type TaskCard, useMoveTask } from '../../../mizan/react.gen.ts'
import { statusLabels } from '../../model.ts'
import { useAnnounce, useComplain } from '../announcer.tsx'
import { applyMove, type CardMove, toColumns } from './board-order.ts'

/** A function that moves a card of these. */
export function useBoardMoves(
  projectId: number,
  cards: readonly TaskCard[],
): (move: CardMove) => void {
  const { mutateAsync } = useMoveTask()
  const announce = useAnnounce()
  const complain = useComplain()
  return (move) => {
    announce(describe(applyMove(cards, move), move))
    mutateAsync({ projectId, ...move }).catch((error: unknown) =>
      complain('The card was put back', error),
    )
  }
}

function describe(cards: readonly TaskCard[], { taskId, status }: CardMove): string {
  const column = toColumns(cards).get(status) ?? []
  const index = column.findIndex(({ id }) => id === taskId)
  return `${column[index]?.title ?? 'The card'}: ${statusLabels[status]}, ${index + 1} of ${column.length}`
}
