/** Text that is edited where it stands: Enter or leaving saves, Escape takes it back. */

import { type KeyboardEvent, type ReactElement, useRef, useState } from 'react'
import { reasonOf } from './reason-of.ts'
import { useDraft } from './use-draft.ts'

export interface InlineTextProps {
  readonly label: string
  readonly value: string
  readonly readOnly?: boolean
  /** Many lines: Enter starts a new one, Ctrl + Enter saves. */
  readonly multiline?: boolean
  readonly placeholder?: string
  readonly maxLength?: number
  readonly onSave: (value: string) => Promise<unknown>
}

export function InlineText(props: InlineTextProps): ReactElement {
  const { label, value, readOnly = false, multiline = false, onSave } = props
  const draft = useDraft(value)
  const [error, setError] = useState<string | undefined>(undefined)
  const takenBack = useRef(false)
  if (readOnly) return <span className="inline-text-fixed">{value}</span>

  const save = async (): Promise<void> => {
    if (takenBack.current || !draft.isDirty) {
      takenBack.current = false
      return
    }
    const text = draft.shown.trim()
    if (text === value || (text === '' && !multiline)) {
      draft.discard()
      return
    }
    try {
      await onSave(text)
      setError(undefined)
    } catch (cause) {
      setError(reasonOf(cause))
    }
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Escape' && draft.isDirty) {
      event.stopPropagation()
      takenBack.current = true
      draft.discard()
      setError(undefined)
      event.currentTarget.blur()
    } else if (event.key === 'Enter' && (!multiline || event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      event.currentTarget.blur()
    }
  }
  return (
    <>
      <textarea
        className="inline-text"
        aria-label={label}
        aria-invalid={error !== undefined}
        rows={1}
        value={draft.shown}
        placeholder={props.placeholder}
        maxLength={props.maxLength}
        onChange={(event) =>
          draft.edit(multiline ? event.target.value : event.target.value.replace(/\n/g, ' '))
        }
        onBlur={() => void save()}
        onKeyDown={onKeyDown}
      />
      {error !== undefined && (
        <span className="form-error" role="alert">
          {error}
        </span>
      )}
    </>
  )
}
