/** A render that failed in the component, or asked for one that the worker does not know. */

/**
 * Deliberately no `MizanError`: its message comes from inside a component, and only errors that are fit for a client
 * may cross the wire. The server answers `INTERNAL` and logs this one.
 */
export class RenderError extends Error {
  override readonly name: string = 'RenderError'
  /** The name that was asked for. */
  readonly component: string

  /** @param stack Where it was thrown, in the worker. */
  constructor(component: string, message: string, stack?: string) {
    super(`Rendering ${component} failed: ${message}`)
    this.component = component
    if (stack !== undefined) this.stack = `${this.name}: ${this.message}\n${stack}`
  }
}
