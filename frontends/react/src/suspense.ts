/** Suspense and error boundaries; an entry of its own, for pages that use them. */

import { Component, type ReactNode } from 'react'

import { MizanError } from '@mizan/base'

import type { ContextResult } from './context-result.ts'

/** A result that has come. */
export type ReadyResult<Value, Failure extends MizanError = MizanError> = Omit<
  ContextResult<Value, Failure>,
  'data'
> & { readonly data: Value }

/** How what failed is asked for again. */
const retries = new WeakMap<MizanError, () => Promise<void>>()

/**
 * `const { data } = suspend(useUserContext())`: data that is there. Until then the nearest `<Suspense>` shows its fallback, and a
 * transition keeps what was there before; without data and with an error, the nearest error boundary shows that. An error
 * beside data of before is in `error`, as ever. A read that is not enabled waits until it is.
 */
export function suspend<Value, Failure extends MizanError>(
  result: ContextResult<Value, Failure>,
): ReadyResult<Value, Failure> {
  if (result.data === undefined && result.status !== 'success') {
    const { error } = result
    // oxlint-disable-next-line typescript/only-throw-error -- React asks for a promise; other options render anew
    if (result.status === 'idle') throw new Promise(() => undefined)
    // The protocol of Suspense in React 18 and 19: what is thrown is waited for. Equal reads share one request.
    // oxlint-disable-next-line typescript/only-throw-error -- React asks for a promise
    if (!error) throw result.load()
    retries.set(error, result.refetch)
    throw error
  }
  // cast: it has come; undefined is then what the function returns.
  return result as ReadyResult<Value, Failure>
}

/** Props of {@link ContextBoundary}. */
export interface ContextBoundaryProps {
  /** What is shown instead; `retry` asks again and shows the page when that has succeeded. */
  readonly fallback: (error: MizanError, retry: () => void) => ReactNode
  readonly children?: ReactNode
}

interface Caught {
  readonly error: unknown
}

/** An error boundary for what {@link suspend} throws. Other errors go on to the next one. */
export class ContextBoundary extends Component<ContextBoundaryProps, Caught> {
  override state: Caught = { error: undefined }

  static getDerivedStateFromError(error: unknown): Caught {
    return { error }
  }

  override render(): ReactNode {
    const { error } = this.state
    const { fallback, children } = this.props
    if (error === undefined) return children
    if (!(error instanceof MizanError)) throw error
    return fallback(error, () => {
      const asked = retries.get(error)?.() ?? Promise.resolve()
      void asked.then(() => this.setState({ error: undefined }))
    })
  }
}
