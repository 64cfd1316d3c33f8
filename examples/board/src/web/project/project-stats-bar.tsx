/** How the project stands: counts by column, what is overdue, who has how much, what happened last. */

import type { ReactElement } from 'react'
import {
  useProjectActivity,
  useProjectDetail,
  useProjectStats,
  useProjectTasks,
} from '../../../mizan/react.gen.ts'
import { statuses, statusLabels } from '../../model.ts'
import { Avatar } from '../avatar.tsx'
import { Icon } from '../icons.tsx'
import { useToday } from '../use-today.ts'
import { sentenceOf } from './activity-sentence.ts'

export function ProjectStatsBar(): ReactElement {
  const { data: stats } = useProjectStats()
  const { data: tasks } = useProjectTasks()
  const { data: project } = useProjectDetail()
  const { data: activity } = useProjectActivity()
  const today = useToday()
  const overdue =
    tasks?.filter((task) => task.dueOn !== null && task.dueOn < today && task.status !== 'done')
      .length ?? 0
  const latest = activity?.[0]
  const summary =
    stats &&
    statuses.map((status) => `${stats.byStatus[status]} ${statusLabels[status]}`).join(', ')
  return (
    <section className="stats" aria-label="Progress" aria-busy={stats === undefined}>
      <div className="stats-bar" role="img" aria-label={summary ?? 'Loading'}>
        {stats !== undefined &&
          statuses
            .toReversed()
            .map((status) => (
              <span
                key={status}
                className={`fill-${status}`}
                style={{ flexGrow: stats.byStatus[status] }}
              />
            ))}
      </div>
      <dl className="stats-numbers">
        <div>
          <dt>Done</dt>
          <dd data-testid="stats-done">
            {stats === undefined ? '–' : `${stats.byStatus.done} / ${stats.total}`}
          </dd>
        </div>
        <div>
          <dt>Overdue</dt>
          <dd className={overdue > 0 ? 'alarm' : ''}>{tasks === undefined ? '–' : overdue}</dd>
        </div>
        <div className="stats-people">
          <dt>Open tasks by person</dt>
          <dd>
            {stats?.workload.length === 0 && '–'}
            <ul>
              {stats?.workload.slice(0, 7).map(({ personId, open }) => {
                const person = project?.members.find((member) => member.id === personId)
                return (
                  <li key={personId ?? 0} title={`${person?.name ?? 'Nobody'}: ${open} open`}>
                    <Avatar person={person} />
                    <span className="small">{open}</span>
                  </li>
                )
              })}
            </ul>
          </dd>
        </div>
        <div className="stats-latest">
          <dt>
            <Icon name="pulse" /> Latest
          </dt>
          <dd data-testid="stats-latest">{latest === undefined ? '–' : sentenceOf(latest)}</dd>
        </div>
      </dl>
    </section>
  )
}
