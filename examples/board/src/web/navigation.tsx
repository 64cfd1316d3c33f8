/** The workspaces of the signed-in person, and their projects. */

import type { ReactElement } from 'react'
import { useMyWorkspaces } from '../../mizan/react.gen.ts'
import { Link } from './link.tsx'
import { parseRoute, projectPath, usePath, workspacePath } from './router.ts'
import { Failure, Skeleton } from './state-view.tsx'

export function Navigation(): ReactElement {
  const workspaces = useMyWorkspaces()
  const route = parseRoute(usePath())
  if (workspaces.data === undefined) {
    if (workspaces.status === 'error') return <Failure what="Your workspaces" result={workspaces} />
    return (
      <div className="nav">
        <Skeleton lines={8} />
      </div>
    )
  }
  return (
    <nav className="nav" aria-label="Workspaces and projects">
      {workspaces.data.map((workspace) => (
        <section key={workspace.id} className="nav-group">
          <h2>
            <Link
              to={workspacePath(workspace.id)}
              aria-current={
                route.page === 'workspace' && route.workspaceId === workspace.id
                  ? 'page'
                  : undefined
              }
            >
              {workspace.name}
            </Link>
          </h2>
          <ul>
            {workspace.projects.map((project) => (
              <li key={project.id}>
                <Link
                  to={projectPath(project.id)}
                  aria-current={
                    route.page === 'project' && route.projectId === project.id ? 'page' : undefined
                  }
                >
                  {project.name}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  )
}
