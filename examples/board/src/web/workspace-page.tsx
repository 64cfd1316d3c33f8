/** A workspace: its projects with their progress, and its people. */

import type { ReactElement } from 'react'
import {
  useCurrentUser,
  useRenameWorkspace,
  useWorkspaceDetail,
  useWorkspaceMembers,
  useWorkspaceProjects,
  WorkspaceContext,
} from '../../mizan/react.gen.ts'
import { useAnnounce } from './announcer.tsx'
import { Avatar } from './avatar.tsx'
import { InlineText } from './inline-text.tsx'
import { Link } from './link.tsx'
import { PageTitle } from './page-title.tsx'
import { projectPath } from './router.ts'
import { Failure, Skeleton } from './state-view.tsx'

export function WorkspacePage({ workspaceId }: { readonly workspaceId: number }): ReactElement {
  return (
    <WorkspaceContext workspaceId={workspaceId}>
      <div className="page workspace">
        <Heading workspaceId={workspaceId} />
        <ProjectGrid />
        <People />
      </div>
    </WorkspaceContext>
  )
}

function Heading({ workspaceId }: { readonly workspaceId: number }): ReactElement {
  const workspace = useWorkspaceDetail()
  const user = useCurrentUser()
  const rename = useRenameWorkspace()
  const announce = useAnnounce()
  if (workspace.data === undefined) {
    return workspace.status === 'error' ? (
      <Failure what="The workspace" result={workspace} isPage />
    ) : (
      <Skeleton lines={1} />
    )
  }
  return (
    <header className="page-head">
      <PageTitle name={workspace.data.name} />
      <h1>
        <InlineText
          label="Name of the workspace"
          value={workspace.data.name}
          readOnly={user.data?.staff !== true}
          maxLength={120}
          onSave={async (next) => {
            await rename.mutateAsync({ workspaceId, name: next })
            announce(`The workspace is called ${next} now`)
          }}
        />
      </h1>
      <p className="quiet">
        You are {workspace.data.role === 'admin' ? 'an' : 'a'} {workspace.data.role} here.
      </p>
    </header>
  )
}

function ProjectGrid(): ReactElement | null {
  const projects = useWorkspaceProjects()
  if (projects.data === undefined) {
    if (projects.status === 'error') return null
    return (
      <ul className="project-grid" aria-busy="true">
        {Array.from({ length: 8 }, (_, index) => (
          <li key={index} className="project-tile">
            <Skeleton lines={3} />
          </li>
        ))}
      </ul>
    )
  }
  return (
    <section aria-labelledby="projects-title">
      <h2 id="projects-title" className="section-title">
        Projects
      </h2>
      <ul className="project-grid">
        {projects.data.map((project) => {
          const share = project.total === 0 ? 0 : Math.round((100 * project.done) / project.total)
          return (
            <li key={project.id} className="project-tile">
              <h3>
                <Link to={projectPath(project.id)}>{project.name}</Link>
                {project.isPublic && <span className="badge">Public</span>}
              </h3>
              <p className="quiet">{project.summary}</p>
              <div
                className="meter"
                role="img"
                aria-label={`${project.done} of ${project.total} tasks are done`}
              >
                <span style={{ width: `${share}%` }} />
              </div>
              <p className="quiet small">
                {project.done} of {project.total} done
              </p>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function People(): ReactElement | null {
  const people = useWorkspaceMembers()
  if (people.data === undefined) return null
  return (
    <section aria-labelledby="people-title">
      <h2 id="people-title" className="section-title">
        People
      </h2>
      <ul className="people-list">
        {people.data.map((person) => (
          <li key={person.id}>
            <Avatar person={person} size="medium" decorative />
            <span className="person-text">
              <strong>{person.name}</strong>
              <span className="quiet">
                {person.title} · {person.role}
              </span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
