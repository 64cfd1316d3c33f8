/** Moves that show at once and are taken back when the server refuses them. */

import { useLayoutEffect, useRef, useState } from 'react'
import { type TaskCard, useMoveTask } from '../../../mizan/react.gen.ts'
import { statusLabels } from '../../model.ts'
import { useAnnounce, useComplain } from '../announcer.tsx'
import { applyMove, type CardMove, toColumns } from './board-order.ts'

interface Shown {
  readonly move: CardMove
  /** The server's cards when it had answered; the move is then in the next ones. */
  readonly answeredAt: readonly TaskCard[] | undefined
}

export interface BoardMoves {
  /** The cards with all moves that the server's cards do not hold yet. */
  readonly cards: readonly TaskCard[]
  move(move: CardMove): void
}

export function useBoardMoves(projectId: number, cards: readonly TaskCard[]): BoardMoves {
  const [moves, setMoves] = useState<readonly Shown[]>([])
  const latest = useRef(cards)
  useLayoutEffect(() => {
    latest.current = cards
  })
  const { mutateAsync } = useMoveTask()
  const announce = useAnnounce()
  const complain = useComplain()
  const live = moves.filter(({ answeredAt }) => answeredAt === undefined || answeredAt === cards)
  const shown = live.reduce<readonly TaskCard[]>((list, { move }) => applyMove(list, move), cards)

  const move = (next: CardMove): void => {
    const entry: Shown = { move: next, answeredAt: undefined }
    const after = applyMove(shown, next)
    setMoves([...live, entry])
    announce(describe(after, next))
    mutateAsync({ projectId, ...next }).then(
      () =>
        setMoves((all) =>
          all.map((one) => (one === entry ? { ...one, answeredAt: latest.current } : one)),
        ),
      (error: unknown) => {
        setMoves((all) => all.filter((one) => one !== entry))
        complain('The card was put back', error)
      },
    )
  }
  return { cards: shown, move }
}

function describe(cards: readonly TaskCard[], { taskId, status }: CardMove): string {
  const column = toColumns(cards).get(status) ?? []
  const index = column.findIndex(({ id }) => id === taskId)
  return `${column[index]?.title ?? 'The card'}: ${statusLabels[status]}, ${index + 1} of ${column.length}`
}
