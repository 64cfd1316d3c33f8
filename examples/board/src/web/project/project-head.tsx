/** The project's name, what it is for, and whether the world may read it. */

import type { ReactElement } from 'react'
import { useProjectDetail, usePublishProject, useRenameProject } from '../../../mizan/react.gen.ts'
import { useAnnounce, useComplain } from '../announcer.tsx'
import { Icon } from '../icons.tsx'
import { InlineText } from '../inline-text.tsx'
import { Link } from '../link.tsx'
import { workspacePath } from '../router.ts'
import { Skeleton } from '../state-view.tsx'

export function ProjectHead(): ReactElement {
  const { data: project } = useProjectDetail()
  const rename = useRenameProject()
  const publish = usePublishProject()
  const announce = useAnnounce()
  const complain = useComplain()
  if (project === undefined) {
    return (
      <header className="project-head">
        <Skeleton lines={2} />
      </header>
    )
  }
  const isAdmin = project.role === 'admin'
  return (
    <header className="project-head">
      <div className="project-title">
        <p className="crumb">
          <Link to={workspacePath(project.workspaceId)}>{project.workspaceName}</Link>
          {project.role === 'viewer' && <span className="badge">View only</span>}
        </p>
        <h1>
          <InlineText
            label="Name of the project"
            value={project.name}
            readOnly={!isAdmin}
            maxLength={120}
            onSave={(name) => rename.mutateAsync({ projectId: project.id, name })}
          />
        </h1>
        <p className="quiet project-summary">{project.summary}</p>
      </div>
      <div className="project-actions">
        {project.isPublic && (
          <a className="button" href={`/p/${project.slug}/`} target="_blank" rel="noreferrer">
            Public page <Icon name="external" />
          </a>
        )}
        {isAdmin && (
          <button
            type="button"
            className="button"
            aria-pressed={project.isPublic}
            disabled={publish.isPending}
            onClick={() => {
              publish.mutateAsync({ projectId: project.id, isPublic: !project.isPublic }).then(
                () =>
                  announce(
                    project.isPublic ? 'The public page is closed' : 'The public page is open',
                  ),
                (error: unknown) => complain('Nothing was changed', error),
              )
            }}
          >
            {project.isPublic ? 'Unpublish' : 'Publish'}
          </button>
        )}
      </div>
    </header>
  )
}
