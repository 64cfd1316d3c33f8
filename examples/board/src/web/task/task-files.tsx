/** The files of a task, and a form that adds one: its rules are those of the function. */

import { useForm } from '@mizan/react/form'
import type { ReactElement } from 'react'
import { attachFileForm } from '../../../mizan/forms.gen.ts'
import { useTaskAttachments } from '../../../mizan/react.gen.ts'
import { useAnnounce } from '../announcer.tsx'
import { reasonOf } from '../reason-of.ts'

export interface TaskFilesProps {
  readonly projectId: number
  readonly taskId: number
  readonly canEdit: boolean
}

export function TaskFiles({ projectId, taskId, canEdit }: TaskFilesProps): ReactElement | null {
  const { data: files = [] } = useTaskAttachments()
  if (files.length === 0 && !canEdit) return null
  return (
    <section className="files" aria-labelledby="files-title">
      <h3 id="files-title" className="rail-title">
        Files
      </h3>
      <ul>
        {files.map(({ id, name, size }) => (
          <li key={id}>
            <a href={`/attachments/${id}/`} download={name}>
              {name}
            </a>{' '}
            <span className="quiet small">{Math.ceil(size / 1024)} kB</span>
          </li>
        ))}
      </ul>
      {canEdit && <AttachForm key={files.length} projectId={projectId} taskId={taskId} />}
    </section>
  )
}

function AttachForm({ projectId, taskId }: Omit<TaskFilesProps, 'canEdit'>): ReactElement {
  const announce = useAnnounce()
  const form = useForm(attachFileForm, {
    initial: { projectId, taskId },
    onSuccess: () => announce('The file is attached'),
  })
  const file = form.field('file')
  const { error, progress } = form
  const refused = file.error ?? (error === undefined ? undefined : reasonOf(error))
  return (
    <form className="attach-form" {...form.props}>
      <label className="visually-hidden" htmlFor={file.id}>
        Attach a file
      </label>
      <input {...file.input} />
      <button type="submit" className="button" aria-disabled={form.isSubmitting}>
        Attach
      </button>
      {progress && <progress aria-label="Sent" value={progress.sent} max={progress.total} />}
      <p className="form-error" role="alert" id={file.errorId}>
        {refused}
      </p>
    </form>
  )
}
