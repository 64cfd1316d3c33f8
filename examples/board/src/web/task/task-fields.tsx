/** Status, assignee, priority and due date: a choice is saved as soon as it is made. */

import { type ReactElement, useId, useState } from 'react'
import type { Member, Task, TaskChanges } from '../../../mizan/react.gen.ts'
import {
  type Priority,
  priorities,
  priorityLabels,
  type Status,
  statuses,
  statusLabels,
} from '../../model.ts'
import { reasonOf } from '../reason-of.ts'
import { useDraft } from '../use-draft.ts'

export interface TaskFieldsProps {
  readonly task: Task
  readonly members: readonly Member[]
  readonly canEdit: boolean
  readonly onSave: (changes: TaskChanges) => Promise<void>
}

export function TaskFields({ task, members, canEdit, onSave }: TaskFieldsProps): ReactElement {
  const [error, setError] = useState<string | undefined>(undefined)
  const status = useDraft<Status>(task.status)
  const assignee = useDraft<number | null>(task.assigneeId)
  const priority = useDraft<Priority>(task.priority)
  const due = useDraft<string | null>(task.dueOn)
  const id = useId()
  const save = (changes: TaskChanges, discard: () => void): void => {
    onSave(changes).then(
      () => setError(undefined),
      (cause: unknown) => {
        discard()
        setError(reasonOf(cause))
      },
    )
  }
  return (
    <div className="fields">
      <label htmlFor={`${id}-status`}>Status</label>
      <select
        id={`${id}-status`}
        disabled={!canEdit}
        value={status.shown}
        onChange={(event) => {
          const next = event.target.value as Status // cast: the options below are statuses
          status.edit(next)
          save({ status: next }, status.discard)
        }}
      >
        {statuses.map((value) => (
          <option key={value} value={value}>
            {statusLabels[value]}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-assignee`}>Assignee</label>
      <select
        id={`${id}-assignee`}
        disabled={!canEdit}
        value={assignee.shown ?? ''}
        onChange={(event) => {
          const next = event.target.value === '' ? null : Number(event.target.value)
          assignee.edit(next)
          save({ assigneeId: next }, assignee.discard)
        }}
      >
        <option value="">Nobody</option>
        {members.map((member) => (
          <option key={member.id} value={member.id}>
            {member.name}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-priority`}>Priority</label>
      <select
        id={`${id}-priority`}
        disabled={!canEdit}
        value={priority.shown}
        onChange={(event) => {
          const next = event.target.value as Priority // cast: the options below are priorities
          priority.edit(next)
          save({ priority: next }, priority.discard)
        }}
      >
        {priorities.map((value) => (
          <option key={value} value={value}>
            {priorityLabels[value]}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-due`}>Due</label>
      <input
        id={`${id}-due`}
        type="date"
        disabled={!canEdit}
        value={due.shown ?? ''}
        onChange={(event) => {
          const next = event.target.value === '' ? null : event.target.value
          due.edit(next)
          save({ dueOn: next }, due.discard)
        }}
      />
      {error !== undefined && (
        <p className="form-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}
