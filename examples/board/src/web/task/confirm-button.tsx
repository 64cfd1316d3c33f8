/** A button that asks once more in its own place. */

import { type ReactElement, useState } from 'react'
import { Icon } from '../icons.tsx'

export interface ConfirmButtonProps {
  readonly label: string
  readonly question: string
  readonly onConfirm: () => void
}

export function ConfirmButton({ label, question, onConfirm }: ConfirmButtonProps): ReactElement {
  const [asking, setAsking] = useState(false)
  return (
    <button
      type="button"
      className={`icon-button confirm${asking ? ' confirm-asking' : ''}`}
      aria-label={asking ? `${label}: press again to confirm` : label}
      onBlur={() => setAsking(false)}
      onClick={() => {
        if (asking) onConfirm()
        setAsking(!asking)
      }}
    >
      <Icon name="trash" />
      {asking && <span>{question}</span>}
    </button>
  )
}
