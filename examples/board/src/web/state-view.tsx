/** What stands in for data that is not there: a failure with a way out, or nothing yet. */

import type { MizanError } from '@mizan/base'
import type { ReactElement, ReactNode } from 'react'
import { PageTitle } from './page-title.tsx'
import { reasonOf } from './reason-of.ts'

/** The part of a context's result that a failure needs. */
export interface Failed {
  readonly error: MizanError | undefined
  readonly refetch: () => Promise<unknown>
}

export interface FailureProps {
  readonly what: string
  readonly result: Failed
  /** Whether it stands for the whole page: its title is then the page's heading. @default false */
  readonly isPage?: boolean
}

export function Failure({ what, result, isPage = false }: FailureProps): ReactElement {
  const Title = isPage ? 'h1' : 'p'
  const gone = result.error?.code === 'NOT_FOUND'
  const heading = gone ? 'Nothing here' : `${what} could not be loaded`
  return (
    <div className="state" role="alert">
      {isPage && <title>{`${heading} · Board`}</title>}
      <Title className="state-title">{heading}</Title>
      <p className="state-text">{reasonOf(result.error)}</p>
      {!gone && <RetryButton result={result} />}
    </div>
  )
}

/** What is shown could not be brought up to date. */
export function Outdated({ result }: { readonly result: Failed }): ReactElement {
  return (
    <p className="outdated" role="alert">
      This may be out of date. <RetryButton result={result} />
    </p>
  )
}

function RetryButton({ result }: { readonly result: Failed }): ReactElement {
  return (
    <button
      type="button"
      className="button"
      onClick={() => {
        // The button is gone while the answer is on its way; what had the focus must not be.
        document.getElementById('main')?.focus()
        result.refetch().catch(() => undefined) // It shows in the result.
      }}
    >
      Try again
    </button>
  )
}

export interface EmptyProps {
  readonly title: string
  /** As in {@link FailureProps}. */
  readonly isPage?: boolean
  readonly children?: ReactNode
}

export function Empty({ title, isPage = false, children }: EmptyProps): ReactElement {
  const Title = isPage ? 'h1' : 'p'
  return (
    <div className="state">
      {isPage && <PageTitle name={title} />}
      <Title className="state-title">{title}</Title>
      {children !== undefined && <div className="state-text">{children}</div>}
    </div>
  )
}

/** Grey lines of the size that the text will have. */
export function Skeleton({ lines = 3 }: { readonly lines?: number }): ReactElement {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, index) => (
        <span
          key={index}
          className="skeleton-line"
          style={{ width: `${[92, 74, 83, 60][index % 4]}%` }}
        />
      ))}
    </div>
  )
}
