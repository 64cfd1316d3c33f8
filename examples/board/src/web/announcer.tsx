/** Says what changed on the page: aloud for those who do not see it, and on the screen where something failed. */

import {
  createContext,
  type PropsWithChildren,
  type ReactElement,
  useContext,
  useEffect,
  useMemo,
  useState,
} from 'react'
import { Icon } from './icons.tsx'

export interface Announcements {
  /** For screen readers: what just happened. */
  announce(message: string): void
  /** For everybody: what did not work. */
  complain(what: string, error: unknown): void
}

const AnnounceContext = createContext<Announcements>({
  announce: () => undefined,
  complain: () => undefined,
})

/** How long a complaint stays, in milliseconds. */
const patience = 8000

export function Announcer({ children }: PropsWithChildren): ReactElement {
  const [{ message, count }, setNews] = useState({ message: '', count: 0 })
  const [complaint, setComplaint] = useState<{ readonly text: string } | undefined>(undefined)
  const announcements = useMemo<Announcements>(
    () => ({
      announce: (text) => setNews((last) => ({ message: text, count: last.count + 1 })),
      complain: (what, error) =>
        setComplaint({ text: `${what}: ${error instanceof Error ? error.message : 'it failed'}` }),
    }),
    [],
  )
  useEffect(() => {
    if (complaint === undefined) return
    const timer = setTimeout(() => setComplaint(undefined), patience)
    return () => clearTimeout(timer)
  }, [complaint])
  return (
    <AnnounceContext value={announcements}>
      {children}
      <div className="visually-hidden" role="status" aria-live="polite">
        {/* The no-break space makes the same words new, so that they are read twice. */}
        {message}
        {count % 2 === 1 ? '\u00a0' : ''}
      </div>
      <div className="toast" role="alert">
        {complaint !== undefined && (
          <p>
            {complaint.text}
            <button
              type="button"
              className="icon-button"
              aria-label="Dismiss"
              onClick={() => setComplaint(undefined)}
            >
              <Icon name="close" />
            </button>
          </p>
        )}
      </div>
    </AnnounceContext>
  )
}

export function useAnnounce(): Announcements['announce'] {
  return useContext(AnnounceContext).announce
}

export function useComplain(): Announcements['complain'] {
  return useContext(AnnounceContext).complain
}
