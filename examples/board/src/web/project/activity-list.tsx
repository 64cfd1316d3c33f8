/** The latest things that happened in the project. */

import { type ReactElement, useEffect, useState } from 'react'
import { useProjectActivity } from '../../../mizan/react.gen.ts'
import { Link } from '../link.tsx'
import { projectPath } from '../router.ts'
import { Empty, Failure, Skeleton } from '../state-view.tsx'
import { ago, exactTime } from '../time.ts'
import { deedOf } from './activity-sentence.ts'

export function ActivityList({ projectId }: { readonly projectId: number }): ReactElement {
  const activity = useProjectActivity()
  const now = useNow()
  return (
    <section className="activity" aria-labelledby="activity-title">
      <h2 id="activity-title" className="rail-title">
        Activity
      </h2>
      {activity.data === undefined && activity.status === 'error' && <Failure what="The activity" result={activity} />}
      {activity.data === undefined && activity.status !== 'error' && <Skeleton lines={10} />}
      {activity.data?.length === 0 && <Empty title="Nothing has happened yet" />}
      <ol>
        {activity.data?.map((entry) => (
          <li key={entry.id}>
            <p>
              <strong>{entry.actorName ?? 'Somebody outside'}</strong>{' '}
              {entry.taskId === null ? deedOf(entry) : <Link to={projectPath(projectId, entry.taskId)}>{deedOf(entry)}</Link>}
            </p>
            <time dateTime={entry.createdAt.toISOString()} title={exactTime(entry.createdAt)}>
              {ago(entry.createdAt, now)}
            </time>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** The time, a minute at a time. */
function useNow(): number {
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 60_000)
    return () => clearInterval(timer)
  }, [])
  return now
}
