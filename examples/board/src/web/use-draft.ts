/** What somebody is typing, until the server has it: shown instead of the value that is being replaced. */

import { useState } from 'react'

export interface Draft<T> {
  /** What to show. */
  readonly shown: T
  readonly isDirty: boolean
  edit(value: T): void
  discard(): void
}

/**
 * A draft belongs to the value that it was started from: it disappears by itself when the server's value changes, so the
 * field neither jumps back between the answer and the refetch nor hides what somebody else wrote.
 */
export function useDraft<T>(value: T): Draft<T> {
  const [draft, setDraft] = useState<{ readonly from: T; readonly value: T } | undefined>(undefined)
  const current = draft !== undefined && Object.is(draft.from, value) ? draft : undefined
  return {
    shown: current === undefined ? value : current.value,
    isDirty: current !== undefined && !Object.is(current.value, value),
    edit: (next) => setDraft({ from: value, value: next }),
    discard: () => setDraft(undefined),
  }
}
