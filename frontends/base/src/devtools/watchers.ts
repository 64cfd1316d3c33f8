/** Who shows which instance, and who was told of what. */

import { toAddress } from '../address.ts'
import type { ContextState } from '../context-state.ts'
import type { Kernel } from '../kernel.ts'
import type { NamedListener } from '../observe.ts'

/** What watchers are of. */
export interface WatchersOptions {
  /** Called before an instance is watched by one more. */
  readonly onWatch: (key: string) => void
  /** Called when what a watcher shows has changed: its data, status or error; `*` stands for one that shows all. */
  readonly onTold: (key: string, member: string) => void
}

/** The watchers of all instances of a kernel. */
export interface Watchers {
  /** How many, by member. */
  of(key: string): ReadonlyMap<string, number>
}

/** Counts those that come from now on. */
export function countWatchers(kernel: Kernel, { onWatch, onTold }: WatchersOptions): Watchers {
  const counts = new Map<string, Map<string, number>>()
  const subscribe = kernel.subscribe.bind(kernel)

  function count(key: string, member: string, by: number): void {
    const members = counts.get(key) ?? new Map<string, number>()
    const next = (members.get(member) ?? 0) + by
    if (next > 0) members.set(member, next)
    else members.delete(member)
    if (members.size > 0) counts.set(key, members)
    else counts.delete(key)
  }

  kernel.subscribe = (context, params, listener: NamedListener) => {
    const { key } = toAddress(context, params)
    const { member } = listener
    const name = member ?? '*'
    // cast: a member of this context, as who made the listener says.
    const look = (): ContextState<unknown> =>
      member === undefined
        ? kernel.read(context, params)
        : kernel.readMember(context, params, member as never)
    let seen = look()
    onWatch(key)
    count(key, name, 1)
    const leave = subscribe(context, params, () => {
      const now = look()
      if (isRendered(seen, now)) onTold(key, name)
      seen = now
      listener()
    })
    seen = look()
    let hasLeft = false
    return () => {
      if (!hasLeft) count(key, name, -1)
      hasLeft = true
      leave()
    }
  }
  return { of: (key) => counts.get(key) ?? new Map() }
}

/** Bindings render for what a component reads: hardly one reads more than this. */
function isRendered(before: ContextState<unknown>, after: ContextState<unknown>): boolean {
  return (
    before.data !== after.data || before.status !== after.status || before.error !== after.error
  )
}
