/** What stands in for data that is not there: a failure with a way out, or nothing yet. */

import type { ReactElement, ReactNode } from 'react'

/** The part of a context's result that a failure needs. */
export interface Failed {
  readonly error: { readonly message: string; readonly code: string } | undefined
  readonly refetch: () => Promise<unknown>
}

export interface FailureProps {
  readonly what: string
  readonly result: Failed
}

export function Failure({ what, result }: FailureProps): ReactElement {
  const gone = result.error?.code === 'NOT_FOUND'
  return (
    <div className="state" role="alert">
      <p className="state-title">{gone ? 'Nothing here' : `${what} could not be loaded`}</p>
      <p className="state-text">{result.error?.message ?? 'Something went wrong.'}</p>
      {!gone && (
        <button
          type="button"
          className="button"
          onClick={() => void result.refetch().catch(() => undefined)}
        >
          Try again
        </button>
      )}
    </div>
  )
}

export interface EmptyProps {
  readonly title: string
  readonly children?: ReactNode
}

export function Empty({ title, children }: EmptyProps): ReactElement {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
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
