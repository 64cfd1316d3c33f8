/** Says aloud what changed on the page, for those who do not see it. */

import { createContext, type PropsWithChildren, type ReactElement, useCallback, useContext, useState } from 'react'

type Announce = (message: string) => void

const AnnounceContext = createContext<Announce>(() => undefined)

export function Announcer({ children }: PropsWithChildren): ReactElement {
  const [{ message, count }, setState] = useState({ message: '', count: 0 })
  const announce = useCallback<Announce>((text) => {
    setState((last) => ({ message: text, count: last.count + 1 }))
  }, [])
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className="visually-hidden" role="status" aria-live="polite">
        {/* The no-break space makes the same words new, so that they are read twice. */}
        {message}
        {count % 2 === 1 ? '\u00a0' : ''}
      </div>
    </AnnounceContext>
  )
}

export function useAnnounce(): Announce {
  return useContext(AnnounceContext)
}
