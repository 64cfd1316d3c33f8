/** A render that failed in the component, or asked for one that the worker does not know. */

import type { FrameError } from './frames.ts'

/**
 * Deliberately no `MizanError`: its message comes from inside a component, and only errors that are fit for a client
 * may cross the wire. The server answers `INTERNAL` and logs this one.
 */
export class RenderError extends Error {
  override readonly name: string = 'RenderError'
  /** The name that was asked for. */
  readonly component: string

  /** In which components it was thrown; only in development. */
  readonly componentStack: string | undefined

  /** @param error What the worker says: `stack` is where it was thrown there. */
  constructor(component: string, { message, stack, componentStack }: FrameError) {
    super(`Rendering ${component} failed: ${message}`)
    this.component = component
    this.componentStack = componentStack
    if (stack !== undefined) this.stack = `${this.name}: ${this.message}\n${stack}`
  }
}
