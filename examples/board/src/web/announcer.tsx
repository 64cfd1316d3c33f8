/** Says what changed on the page: aloud for those who do not see it, and on the screen where something failed. */

import {
  createContext,
  type PropsWithChildren,
  type ReactElement,
  useContext,
  useMemo,
  useState,
} from 'react'
import { Icon } from './icons.tsx'
import { reasonOf } from './reason-of.ts'

export interface Announcements {
  /** For screen readers: what just happened. */
  announce(message: string): void
  /** For everybody: what did not work. It stays until it is dismissed or something else has happened. */
  complain(what: string, error: unknown): void
}

const AnnounceContext = createContext<Announcements>({
  announce: () => undefined,
  complain: () => undefined,
})

export function Announcer({ children }: PropsWithChildren): ReactElement {
  const [{ message, count }, setNews] = useState({ message: '', count: 0 })
  const [complaint, setComplaint] = useState<string | undefined>(undefined)
  const announcements = useMemo<Announcements>(
    () => ({
      announce: (text) => {
        setNews((last) => ({ message: text, count: last.count + 1 }))
        setComplaint(undefined)
      },
      complain: (what, error) => setComplaint(`${what}: ${reasonOf(error)}`),
    }),
    [],
  )
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
            {complaint}
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
