/** Whoever runs a program for its developer may hear its statements from outside of it: `mizan dev` does. */

import type { DbEventTarget } from './events.ts'

/** What is called with each new client: `(events: Pick<Database, 'on'>) => void`. Never set in production. */
const developer = Symbol.for('@mizan/db:developer')

/** Lets the developer's tools listen, where there are any. */
export function tellDeveloper(events: DbEventTarget): void {
  const hear: unknown = Reflect.get(globalThis, developer)
  if (typeof hear === 'function') hear({ on: events.on.bind(events) })
}
