/** The frame around every page: navigation on the left, the page on the right. */

import { type PropsWithChildren, type ReactElement, useEffect, useState } from 'react'
import { type CurrentUser, useMyWorkspaces, useSignOut } from '../../mizan/react.gen.ts'
import { Avatar } from './avatar.tsx'
import { Icon } from './icons.tsx'
import { Link } from './link.tsx'
import { parseRoute, projectPath, usePath, workspacePath } from './router.ts'
import { Failure, Skeleton } from './state-view.tsx'
import { ThemeButton } from './theme.tsx'

export function Shell({
  user,
  children,
}: PropsWithChildren<{ readonly user: CurrentUser }>): ReactElement {
  const path = usePath()
  // The drawer belongs to the page that it was opened on: going elsewhere closes it.
  const [openOn, setOpenOn] = useState<string | undefined>(undefined)
  const open = openOn === path
  useEffect(() => {
    if (!open) return
    const close = (event: KeyboardEvent): void => {
      if (event.key === 'Escape') setOpenOn(undefined)
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [open])
  return (
    <div className={`shell${open ? ' shell-open' : ''}`}>
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <header className="top-bar">
        <button
          type="button"
          className="icon-button"
          aria-label="Navigation"
          aria-expanded={open}
          aria-controls="sidebar"
          onClick={() => setOpenOn(open ? undefined : path)}
        >
          <Icon name={open ? 'close' : 'menu'} />
        </button>
        <Logo />
      </header>
      <aside id="sidebar" className="sidebar">
        <Logo />
        <Navigation />
        <Account user={user} />
      </aside>
      <button
        type="button"
        className="scrim"
        tabIndex={-1}
        aria-hidden="true"
        onClick={() => setOpenOn(undefined)}
      />
      <main id="main" className="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  )
}

export function Logo(): ReactElement {
  return (
    <Link to="/" className="logo" aria-label="Board, home">
      <svg viewBox="0 0 20 20" aria-hidden="true">
        <rect x="2" y="3" width="4.4" height="14" rx="1.6" />
        <rect x="7.8" y="3" width="4.4" height="9" rx="1.6" />
        <rect x="13.6" y="3" width="4.4" height="11.5" rx="1.6" />
      </svg>
      Board
    </Link>
  )
}

function Navigation(): ReactElement {
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

function Account({ user }: { readonly user: CurrentUser }): ReactElement {
  const signOut = useSignOut()
  return (
    <div className="account">
      <Avatar person={user} size="medium" decorative />
      <span className="person-text">
        <strong>{user.name}</strong>
        <span className="quiet">{user.staff ? 'Staff' : user.title}</span>
      </span>
      <ThemeButton />
      <button
        type="button"
        className="icon-button"
        aria-label="Sign out"
        disabled={signOut.isPending}
        onClick={() => signOut.mutate({})}
      >
        <Icon name="leave" />
      </button>
    </div>
  )
}

/** The frame while nobody knows yet who is there. */
export function ShellSkeleton(): ReactElement {
  return (
    <div className="shell" aria-busy="true" aria-label="Loading the board">
      <header className="top-bar" />
      <aside className="sidebar">
        <div className="nav">
          <Skeleton lines={9} />
        </div>
      </aside>
      <main className="main">
        <div className="page">
          <Skeleton lines={3} />
        </div>
      </main>
    </div>
  )
}
