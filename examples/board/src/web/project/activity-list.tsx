/** The latest things that happened in the project. */

import type { ReactElement } from 'react'
import { useProjectActivity } from '../../../mizan/react.gen.ts'
import { Ago } from '../ago.tsx'
import { Link } from '../link.tsx'
import { projectPath } from '../router.ts'
import { Empty, Failure, Skeleton } from '../state-view.tsx'
import { deedOf } from './activity-sentence.ts'

export function ActivityList({ projectId }: { readonly projectId: number }): ReactElement {
  const activity = useProjectActivity()
  return (
    <section className="activity" aria-labelledby="activity-title">
      <h2 id="activity-title" className="rail-title">
        Activity
      </h2>
      {activity.data === undefined && activity.status === 'error' && (
        <Failure what="The activity" result={activity} />
      )}
      {activity.data === undefined && activity.status !== 'error' && <Skeleton lines={10} />}
      {activity.data?.length === 0 && <Empty title="Nothing has happened yet" />}
      <ol>
        {activity.data?.map((entry) => (
          <li key={entry.id}>
            <p>
              <strong>{entry.actorName ?? 'Somebody outside'}</strong>{' '}
              {entry.taskId === null ? (
                deedOf(entry)
              ) : (
                <Link to={projectPath(projectId, entry.taskId)}>{deedOf(entry)}</Link>
              )}
            </p>
            <Ago date={entry.createdAt} />
          </li>
        ))}
      </ol>
    </section>
  )
}
