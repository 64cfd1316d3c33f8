/** Who else has the task open, where they point, and what they hear of us. */

import { type PointerEvent, useRef, useState } from 'react'
import {
  type Member,
  type TaskCursor,
  useCurrentUser,
  useProjectDetail,
  useTaskChannel,
} from '../../../mizan/react.gen.ts'

/** Somebody else. */
export interface Other {
  readonly person: Member
  /** Parts of the width and height of the comments. */
  readonly at: TaskCursor['at'] | undefined
  readonly isTyping: boolean
}

export interface Presence {
  readonly others: readonly Other[]
  /** Props of what is pointed into. */
  readonly pointer: {
    readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void
    readonly onPointerLeave: () => void
  }
  setTyping(isTyping: boolean): void
}

/** Milliseconds between two messages of a moving pointer. */
const pace = 80

export function useTaskPresence(taskId: number): Presence {
  const [cursors, setCursors] = useState<ReadonlyMap<string, TaskCursor>>(new Map())
  const { present, status, send } = useTaskChannel(
    { taskId },
    { onMessage: (cursor) => setCursors((all) => new Map(all).set(cursor.personId, cursor)) },
  )
  const own = useRef<Pick<TaskCursor, 'at' | 'isTyping'>>({ isTyping: false })
  const sentAt = useRef(0)
  const { data: project } = useProjectDetail()
  const { data: user } = useCurrentUser()

  const tell = (change: Partial<TaskCursor>): void => {
    own.current = { ...own.current, ...change }
    // The server writes in who it is.
    if (status === 'joined') send({ personId: '', ...own.current })
  }
  const ids = new Set(present.map(personOf))
  const others = (project?.members ?? []).flatMap((person): Other[] => {
    if (!ids.has(String(person.id)) || person.id === user?.id) return []
    const cursor = cursors.get(String(person.id))
    return [{ person, at: cursor?.at, isTyping: cursor?.isTyping ?? false }]
  })
  return {
    others,
    pointer: {
      onPointerMove(event) {
        if (event.timeStamp - sentAt.current < pace) return
        sentAt.current = event.timeStamp
        const box = event.currentTarget.getBoundingClientRect()
        const part = (distance: number, length: number): number =>
          Math.min(1, Math.max(0, distance / length))
        const x = part(event.clientX - box.left, box.width)
        tell({ at: { x, y: part(event.clientY - box.top, box.height) } })
      },
      onPointerLeave() {
        const { isTyping } = own.current
        own.current = { isTyping }
        tell({})
      },
    },
    setTyping(isTyping) {
      if (own.current.isTyping !== isTyping) tell({ isTyping })
    },
  }
}

/** As the channel's `presence` says it. */
function personOf(present: unknown): string {
  // cast: what the server tells of everybody
  return (present as { readonly personId?: string } | null)?.personId ?? ''
}
