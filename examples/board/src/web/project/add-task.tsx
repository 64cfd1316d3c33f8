/** One line that adds a task to a column. */

import { type FormEvent, type ReactElement, useState } from 'react'
import { useCreateTask } from '../../../mizan/react.gen.ts'
import { maximumTitle, type Status, statusLabels } from '../../model.ts'
import { useAnnounce } from '../announcer.tsx'
import { Icon } from '../icons.tsx'
import { reasonOf } from '../reason-of.ts'

export interface AddTaskProps {
  readonly projectId: number
  readonly status: Status
}

export function AddTask({ projectId, status }: AddTaskProps): ReactElement {
  const [title, setTitle] = useState('')
  const { mutateAsync, isPending, error } = useCreateTask()
  const announce = useAnnounce()
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const text = title.trim()
    if (text === '' || isPending) return
    try {
      await mutateAsync({ projectId, title: text, status })
    } catch {
      return // The message stands below the line, the words stay in it.
    }
    setTitle('')
    announce(`Added ${text} to ${statusLabels[status]}`)
  }
  return (
    <form className="add-task" onSubmit={(event) => void add(event)}>
      <Icon name="plus" />
      <input
        value={title}
        maxLength={maximumTitle}
        placeholder="Add a task"
        aria-label={`Add a task to ${statusLabels[status]}`}
        aria-invalid={error !== undefined}
        onChange={(event) => setTitle(event.target.value)}
      />
      {error !== undefined && (
        <p className="form-error" role="alert">
          {reasonOf(error)}
        </p>
      )}
    </form>
  )
}
