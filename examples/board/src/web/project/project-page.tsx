/** One project in several views at once: board, progress, activity, and the open task. */

import { type ReactElement, useEffect } from 'react'
import { ProjectContext, TaskContext, useProjectDetail } from '../../../mizan/react.gen.ts'
import { Link } from '../link.tsx'
import { navigate, projectPath } from '../router.ts'
import { Failure } from '../state-view.tsx'
import { TaskPanel } from '../task/task-panel.tsx'
import { useMediaQuery } from '../use-media-query.ts'
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
  // Below this width the task lies over the board instead of beside it; project.css has the same number.
  const covers = useMediaQuery('(max-width: 1179px)') && taskId !== undefined
  useEffect(() => {
    document.title = project.data === undefined ? 'Board' : `${project.data.name} · Board`
  }, [project.data])
  useEffect(() => {
    if (taskId === undefined) return
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape' && !event.defaultPrevented) closeTask(projectId, taskId)
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [projectId, taskId])

  if (project.data === undefined && project.status === 'error')
    return <Failure what="The project" result={project} />
  return (
    <div className="project">
      <div className="project-main" inert={covers}>
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
