/** The frame around every page: navigation on the left, the page on the right. */

import {
  type PropsWithChildren,
  type ReactElement,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react'
import type { CurrentUser } from '../../mizan/react.gen.ts'
import { Account } from './account.tsx'
import { Icon } from './icons.tsx'
import { Logo } from './logo.tsx'
import { Navigation } from './navigation.tsx'
import { pagePath, usePath } from './router.ts'
import { Skeleton } from './state-view.tsx'
import { useMediaQuery } from './use-media-query.ts'
import { useTaskCovers } from './use-task-covers.ts'
import { WaitingCalls } from './waiting-calls.tsx'

export function Shell({
  user,
  children,
}: PropsWithChildren<{ readonly user: CurrentUser }>): ReactElement {
  const path = usePath()
  const isNarrow = useMediaQuery('(max-width: 899px)') // shell.css has the same width
  // The drawer belongs to the page that it was opened on: going elsewhere closes it.
  const [openOn, setOpenOn] = useState<string | undefined>(undefined)
  const open = isNarrow && openOn === path
  const covered = useTaskCovers()
  const drawerButton = useRef<HTMLButtonElement>(null)
  const main = useFocusOnNewPage(pagePath(path))
  useEffect(() => {
    if (!open) return
    const close = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape') return
      setOpenOn(undefined)
      drawerButton.current?.focus()
    }
    addEventListener('keydown', close)
    return () => removeEventListener('keydown', close)
  }, [open])
  return (
    <div className={`shell${open ? ' shell-open' : ''}`}>
      <a className="skip-link" href="#main" inert={covered}>
        Skip to the page
      </a>
      <header className="top-bar" inert={covered}>
        <button
          ref={drawerButton}
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
      <aside id="sidebar" className="sidebar" inert={covered}>
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
      <main ref={main} id="main" className="main" tabIndex={-1} inert={open}>
        {children}
      </main>
      <WaitingCalls />
    </div>
  )
}

/** Another page begins at its top, and the next Tab goes into it: what was focused may be gone. */
function useFocusOnNewPage(page: string): RefObject<HTMLElement | null> {
  const main = useRef<HTMLElement>(null)
  const shown = useRef(page)
  useEffect(() => {
    if (shown.current === page) return
    shown.current = page
    main.current?.focus()
    main.current?.scrollTo(0, 0)
  }, [page])
  return main
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
