/** The page of a published project; plain HTML, it needs no script. What belongs into the head, React puts there. */

import type { ReactElement } from 'react'
import type { PublicProjectView } from '../../mizan/client.gen.ts'
import { statuses, statusLabels } from '../model.ts'
import { pageStyle } from './page-style.ts'

export interface PublicProjectPageProps {
  readonly project: PublicProjectView
}

export function PublicProjectPage({ project }: PublicProjectPageProps): ReactElement {
  const columns = statuses.map((status) => ({
    status,
    tasks: project.tasks.filter((task) => task.status === status),
  }))
  const done = columns.at(-1)?.tasks.length ?? 0
  return (
    <main>
      <title>{`${project.name} · ${project.workspaceName}`}</title>
      <meta name="description" content={project.summary} />
      <link rel="icon" href="data:," />
      <style href="public-project" precedence="default">
        {pageStyle}
      </style>
      <p className="quiet">{project.workspaceName}</p>
      <h1>{project.name}</h1>
      <p>{project.summary}</p>
      <div
        className="bar"
        role="img"
        aria-label={`${done} of ${project.tasks.length} tasks are done`}
      >
        {columns.toReversed().map(({ status, tasks }) => (
          <span key={status} className={status} style={{ flexGrow: tasks.length }} />
        ))}
      </div>
      <div className="columns">
        {columns.map(({ status, tasks }) => (
          <section key={status} aria-labelledby={status}>
            <h2 id={status}>
              <i className={status} />
              {statusLabels[status]} <small>{tasks.length}</small>
            </h2>
            <ul>
              {tasks.map((task) => (
                <li key={task.id}>{task.title}</li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </main>
  )
}
