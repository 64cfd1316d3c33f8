/** One project in several views at once: board, progress, activity, and the open task. */

import { type ReactElement, useEffect } from 'react'
import {
  ProjectContext,
  TaskContext,
  useProjectDetail,
  useProjectTasks,
} from '../../../mizan/react.gen.ts'
import { Link } from '../link.tsx'
import { PageTitle } from '../page-title.tsx'
import { navigate, projectPath } from '../router.ts'
import { Failure, Outdated } from '../state-view.tsx'
import { TaskPanel } from '../task/task-panel.tsx'
import { useTaskCovers } from '../use-task-covers.ts'
import { ActivityList } from './activity-list.tsx'
import { Board } from './board.tsx'
import { ProjectHead } from './project-head.tsx'
import { ProjectStatsBar } from './project-stats-bar.tsx'

export interface ProjectPageProps {
  readonly projectId: number
  readonly taskId: number | undefined
}

export function ProjectPage({ projectId, taskId }: ProjectPageProps): ReactElement {
  return (
    <ProjectContext projectId={projectId}>
      <Views projectId={projectId} taskId={taskId} />
    </ProjectContext>
  )
}

function Views({ projectId, taskId }: ProjectPageProps): ReactElement {
  const project = useProjectDetail()
  const tasks = useProjectTasks()
  const covers = useTaskCovers()
  const name = project.data?.name
  const open = tasks.data?.find((task) => task.id === taskId)
  useEffect(() => {
    if (taskId === undefined) return
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) closeTask(projectId, taskId)
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [projectId, taskId])

  if (project.data === undefined && project.status === 'error') {
    return <Failure what="The project" result={project} isPage />
  }
  return (
    <div className="project">
      <PageTitle
        name={open === undefined || name === undefined ? name : `${open.title} · ${name}`}
      />
      <div className="project-main" inert={covers}>
        {project.status === 'error' && <Outdated result={project} />}
        <ProjectHead />
        <ProjectStatsBar />
        <Board projectId={projectId} openTaskId={taskId} />
      </div>
      <aside
        className={`rail${taskId === undefined ? '' : ' rail-task'}`}
        aria-label={taskId === undefined ? 'Activity' : 'Task'}
      >
        {taskId === undefined ? (
          <ActivityList projectId={projectId} />
        ) : (
          <TaskContext key={taskId} taskId={taskId}>
            <TaskPanel
              projectId={projectId}
              taskId={taskId}
              onClose={() => closeTask(projectId, taskId)}
            />
          </TaskContext>
        )}
      </aside>
      {covers && (
        <Link to={projectPath(projectId)} className="rail-scrim" tabIndex={-1} aria-hidden="true" />
      )}
    </div>
  )
}

/** Closes the panel and gives the focus back to the card that opened it. */
function closeTask(projectId: number, taskId: number): void {
  navigate(projectPath(projectId))
  requestAnimationFrame(() => document.getElementById(`card-${taskId}`)?.focus())
}
