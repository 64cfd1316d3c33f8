/** The few shapes of the Workers runtime that the edge uses, so that no types package comes with it. */

/** What a handler may put off until after the answer. */
export interface ExecutionContextLike {
  waitUntil(promise: Promise<unknown>): void
}

/** A binding to a Durable Object class. */
export interface DurableObjectNamespaceLike {
  idFromName(name: string): object
  // A method, so that the runtime's own, narrower id type fits.
  get(id: object): { fetch(url: string, init: RequestInit): Promise<Response> }
}

/** A Durable Object's state. */
export interface DurableObjectStateLike {
  readonly storage: DurableObjectStorageLike
  blockConcurrencyWhile<T>(run: () => Promise<T>): Promise<T>
}

/** A Durable Object's storage, of either kind. */
export interface DurableObjectStorageLike {
  list<T>(): Promise<Map<string, T>>
  put<T>(entries: Record<string, T>): Promise<void>
  delete(keys: string[]): Promise<number>
  deleteAll(): Promise<void>
  getAlarm(): Promise<number | null>
  setAlarm(time: number): Promise<void>
}
