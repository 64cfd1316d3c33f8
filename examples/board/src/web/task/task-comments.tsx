/** What was said about the task, and a place to say more. */

import { type FormEvent, type KeyboardEvent, type ReactElement, useState } from 'react'
import { useAddComment, useTaskComments } from '../../../mizan/react.gen.ts'
import { maximumText } from '../../model.ts'
import { Ago } from '../ago.tsx'
import { useAnnounce } from '../announcer.tsx'
import { Avatar } from '../avatar.tsx'
import { reasonOf } from '../reason-of.ts'
import { Failure, Skeleton } from '../state-view.tsx'
import { TaskPresence } from './task-presence.tsx'
import { useTaskPresence } from './use-task-presence.ts'

export interface TaskCommentsProps {
  readonly projectId: number
  readonly taskId: number
  readonly canEdit: boolean
}

export function TaskComments({ projectId, taskId, canEdit }: TaskCommentsProps): ReactElement {
  const comments = useTaskComments()
  const presence = useTaskPresence(taskId)
  return (
    <section className="comments" aria-labelledby="comments-title" {...presence.pointer}>
      <h3 id="comments-title" className="rail-title">
        Comments
      </h3>
      <TaskPresence others={presence.others} />
      {comments.data === undefined && comments.status === 'error' && (
        <Failure what="The comments" result={comments} />
      )}
      {comments.data === undefined && comments.status !== 'error' && <Skeleton lines={4} />}
      {comments.data?.length === 0 && <p className="quiet">No comments yet.</p>}
      <ol>
        {comments.data?.map((comment) => (
          <li key={comment.id}>
            <Avatar person={comment.author} size="medium" decorative />
            <div>
              <p className="comment-head">
                <strong>{comment.author.name}</strong>
                <Ago date={comment.createdAt} />
              </p>
              <p className="comment-body">{comment.body}</p>
            </div>
          </li>
        ))}
      </ol>
      {canEdit && (
        <CommentForm projectId={projectId} taskId={taskId} onTyping={presence.setTyping} />
      )}
    </section>
  )
}

interface CommentFormProps extends Omit<TaskCommentsProps, 'canEdit'> {
  readonly onTyping: (isTyping: boolean) => void
}

function CommentForm({ projectId, taskId, onTyping }: CommentFormProps): ReactElement {
  const [body, setBody] = useState('')
  const { mutateAsync, isPending, error } = useAddComment()
  const announce = useAnnounce()
  const send = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    if (body.trim() === '' || isPending) return
    try {
      await mutateAsync({ projectId, taskId, body })
    } catch {
      return // The message stands below the form, the words stay in it.
    }
    setBody('')
    onTyping(false)
    announce('The comment is added')
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey))
      event.currentTarget.form?.requestSubmit()
  }
  return (
    <form className="comment-form" onSubmit={(event) => void send(event)}>
      <textarea
        aria-label="Write a comment"
        placeholder="Write a comment"
        rows={2}
        maxLength={maximumText}
        value={body}
        onChange={(event) => {
          setBody(event.target.value)
          onTyping(event.target.value !== '')
        }}
        onBlur={() => onTyping(false)}
        onKeyDown={onKeyDown}
      />
      <button
        type="submit"
        className="button button-primary"
        disabled={isPending || body.trim() === ''}
      >
        Comment
      </button>
      <p className="form-error" role="alert">
        {error !== undefined && reasonOf(error)}
      </p>
    </form>
  )
}
