/** One render of a page at a time, among all processes that share a store. */

import type { PageStore } from './page-store.ts'

/** Milliseconds since 1970. */
type Clock = () => number

/**
 * Takes the lock for `milliseconds` at most, after which another process may believe that this one has died.
 *
 * @returns how to give it back; `undefined` when somebody else has it
 */
export async function takeLock(
  store: PageStore,
  name: string,
  { milliseconds, clock }: { readonly milliseconds: number; readonly clock: Clock },
): Promise<(() => Promise<void>) | undefined> {
  const [held] = await store.read([name])
  if (held !== undefined && Number(held.text) > clock()) return undefined
  const until = String(clock() + milliseconds)
  if (!(await store.write(name, until, { etag: held?.etag ?? null }))) return undefined
  return async () => {
    const [mine] = await store.read([name])
    if (mine?.text === until) await store.remove(name)
  }
}
