/** An identity that knows everybody, and a function to become somebody. */

import { type App, client, type Fn, type IdentityOptions, signIn } from '../src/index.ts'
import { call } from './send.ts'

/** `root` is staff, `nobody` does not exist, everybody else has no rights. */
export const identity: IdentityOptions = {
  secret: 'a-secret-for-tests-of-32-bytes-or-more',
  cookie: { secure: false },
  resolve: async (id) => (id === 'nobody' ? null : { id, staff: id === 'root', superuser: false }),
}

/** A secret of its own for caches. */
export const cache = { secret: 'a-cache-secret-for-tests-of-32-bytes!!' }

/** Makes the caller somebody. */
export const enter: Fn = client(function enter(id: string): Promise<void> {
  return signIn(id)
})

/** The `Cookie` header of `id`, signed in to an app that has {@link enter}. */
export async function cookieOf(app: App, id: string): Promise<string> {
  return (await call(app, 'enter', { id })).cookies[0]?.split(';')[0] ?? ''
}
