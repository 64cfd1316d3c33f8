/** Chooses between the sign-in page and the board, and the page within the board. */

import type { ReactElement } from 'react'
import { useCurrentUser, useMyWorkspaces } from '../../mizan/react.gen.ts'
import { ProjectPage } from './project/project-page.tsx'
import { parseRoute, usePath } from './router.ts'
import { Shell, ShellSkeleton } from './shell.tsx'
import { SignInPage } from './sign-in-page.tsx'
import { Empty, Failure } from './state-view.tsx'
import { WorkspacePage } from './workspace-page.tsx'

export function App(): ReactElement {
  const user = useCurrentUser()
  if (user.data === undefined) {
    if (user.status !== 'error') return <ShellSkeleton />
    return (
      <main id="main" className="center" tabIndex={-1}>
        <Failure what="The board" result={user} isPage />
      </main>
    )
  }
  if (user.data === null) return <SignInPage />
  return (
    <Shell user={user.data}>
      <Page />
    </Shell>
  )
}

function Page(): ReactElement {
  const route = parseRoute(usePath())
  const workspaces = useMyWorkspaces()
  if (route.page === 'project') {
    return <ProjectPage key={route.projectId} projectId={route.projectId} taskId={route.taskId} />
  }
  if (route.page === 'workspace') {
    return <WorkspacePage key={route.workspaceId} workspaceId={route.workspaceId} />
  }
  if (route.page === 'unknown') {
    return (
      <Empty title="There is no such page" isPage>
        Choose a project in the navigation.
      </Empty>
    )
  }
  const first = workspaces.data?.[0]
  if (first !== undefined) return <WorkspacePage key={first.id} workspaceId={first.id} />
  return (
    <Empty title="No workspaces yet" isPage>
      Ask an administrator to add you to one.
    </Empty>
  )
}
