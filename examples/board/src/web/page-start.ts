/** What the server wrote into a page that it rendered: both must begin with the same. */

import type { ReturnedForm } from '@mizan/react/form'
import { type Context, createContext, useContext } from 'react'

export interface PageStart {
  readonly path: string
  /** When the page was rendered, in milliseconds since the epoch. */
  readonly now: number
  /** `getFormToken()`: what a form without a script sends. Empty in a page that its script draws. */
  readonly token: string
  /** `getFormState('create_task')` as JSON. */
  readonly returned: ReturnedForm | null
}

/** The name of the `<meta>` element. */
export const pageStartName = 'board-start'

const PageStartContext = createContext<PageStart | undefined>(undefined)

/** Gives what a page started with to the components below. */
export const PageStartProvider: Context<PageStart | undefined>['Provider'] =
  PageStartContext.Provider

export function usePageStart(): PageStart {
  const start = useContext(PageStartContext)
  if (start === undefined) throw new TypeError('There is no <PageStartProvider> around this')
  return start
}

/** As the server wrote it; for a page that its script draws, as things are. */
export function readPageStart(): PageStart {
  const element = document.querySelector<HTMLMetaElement>(`meta[name="${pageStartName}"]`)
  if (element === null)
    return { path: location.pathname, now: Date.now(), token: '', returned: null }
  return JSON.parse(element.content) as PageStart // cast: board-pages.ts wrote it
}
