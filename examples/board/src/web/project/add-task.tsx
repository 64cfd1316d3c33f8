/** One line that adds a task to a column; also without a script. */

import { useForm } from '@mizan/react/form'
import type { ReactElement } from 'react'
import { createTaskForm } from '../../../mizan/forms.gen.ts'
import { type Status, statusLabels } from '../../model.ts'
import { useAnnounce } from '../announcer.tsx'
import { Icon } from '../icons.tsx'
import { usePageStart } from '../page-start.ts'
import { reasonOf } from '../reason-of.ts'

export interface AddTaskProps {
  readonly projectId: number
  readonly status: Status
}

export function AddTask({ projectId, status }: AddTaskProps): ReactElement {
  const start = usePageStart()
  const announce = useAnnounce()
  const isReturned = start.returned?.values.some(
    ([name, text]) => name === 'status' && text === status,
  )
  const form = useForm(createTaskForm, {
    id: `add-${status}`,
    initial: { projectId, status },
    ...(isReturned === true && start.returned !== null && { returned: start.returned }),
    onSuccess(_task, { title }) {
      form.reset()
      announce(`Added ${title} to ${statusLabels[status]}`)
    },
  })
  const title = form.field('title')
  const { error } = form
  const refused = title.error ?? (error === undefined ? undefined : reasonOf(error))
  return (
    <form className="add-task" {...form.props}>
      <input type="hidden" name="csrf" value={start.token} />
      <input type="hidden" name="next" value={start.path} />
      <input type="hidden" name="project_id" value={projectId} />
      <input type="hidden" name="status" value={status} />
      <Icon name="plus" />
      <input
        {...title.input}
        // An empty line that is left has nothing wrong with it.
        onBlur={undefined}
        autoComplete="off"
        placeholder="Add a task"
        aria-label={`Add a task to ${statusLabels[status]}`}
      />
      {refused !== undefined && (
        <p id={title.errorId} className="form-error" role="alert">
          {refused}
        </p>
      )}
    </form>
  )
}
