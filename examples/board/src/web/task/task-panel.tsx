/** One task, edited where it stands. */

import { type ReactElement, useEffect, useRef } from 'react'
import {
  type TaskChanges,
  useDeleteTask,
  useProjectDetail,
  useTaskDetail,
  useUpdateTask,
} from '../../../mizan/react.gen.ts'
import { hasRole, maximumText, maximumTitle } from '../../model.ts'
import { Ago } from '../ago.tsx'
import { useAnnounce, useComplain } from '../announcer.tsx'
import { Icon } from '../icons.tsx'
import { InlineText } from '../inline-text.tsx'
import { navigate, projectPath } from '../router.ts'
import { Failure, Skeleton } from '../state-view.tsx'
import { ConfirmButton } from './confirm-button.tsx'
import { TaskComments } from './task-comments.tsx'
import { TaskFields } from './task-fields.tsx'
import { TaskFiles } from './task-files.tsx'

export interface TaskPanelProps {
  readonly projectId: number
  readonly taskId: number
  readonly onClose: () => void
}

export function TaskPanel({ projectId, taskId, onClose }: TaskPanelProps): ReactElement {
  const task = useTaskDetail()
  const { data: project } = useProjectDetail()
  const update = useUpdateTask()
  const remove = useDeleteTask()
  const announce = useAnnounce()
  const complain = useComplain()
  const closeButton = useRef<HTMLButtonElement>(null)
  useEffect(() => closeButton.current?.focus({ preventScroll: true }), [])

  const canEdit = project !== undefined && hasRole(project.role, 'member')
  const save = async (changes: TaskChanges): Promise<void> => {
    await update.mutateAsync({ projectId, taskId, changes })
    announce('Saved')
  }
  return (
    <article className="panel" aria-busy={task.data === undefined}>
      <header className="panel-head">
        <span className="quiet small">#{taskId}</span>
        {task.data !== undefined && canEdit && (
          <ConfirmButton
            label="Delete this task"
            question="Delete?"
            onConfirm={() => {
              // Left first: a panel that is open would ask for the task that is gone, as its card will be.
              navigate(projectPath(projectId))
              document.getElementById('main')?.focus()
              remove.mutateAsync({ projectId, taskId }).then(
                () => announce('The task is deleted'),
                (error: unknown) => complain('The task was not deleted', error),
              )
            }}
          />
        )}
        <button
          ref={closeButton}
          type="button"
          className="icon-button"
          aria-label="Close the task"
          onClick={onClose}
        >
          <Icon name="close" />
        </button>
      </header>
      {task.data === undefined && task.status === 'error' && (
        <Failure what="The task" result={task} />
      )}
      {task.data === undefined && task.status !== 'error' && <Skeleton lines={6} />}
      {task.data !== undefined && (
        <>
          <h2 className="panel-title">
            <InlineText
              label="Title"
              value={task.data.title}
              readOnly={!canEdit}
              maxLength={maximumTitle}
              onSave={(title) => save({ title })}
            />
          </h2>
          <TaskFields
            task={task.data}
            members={project?.members ?? []}
            canEdit={canEdit}
            onSave={save}
          />
          <div className="panel-body">
            <InlineText
              label="Description"
              multiline
              value={task.data.body}
              readOnly={!canEdit}
              maxLength={maximumText}
              placeholder="Add a description"
              onSave={(body) => save({ body })}
            />
          </div>
          <TaskFiles projectId={projectId} taskId={taskId} canEdit={canEdit} />
          <p className="quiet small">
            Changed <Ago date={task.data.updatedAt} /> · added <Ago date={task.data.createdAt} />
          </p>
        </>
      )}
      {task.status !== 'error' && (
        <TaskComments projectId={projectId} taskId={taskId} canEdit={canEdit} />
      )}
    </article>
  )
}
