/** Contexts: the names under which reads are bundled, cached and invalidated. */

import { isWireName, type Target, toWireName } from '@mizan/protocol'

/** A named group of reads. Its functions travel in one request and go stale together. */
export interface Context<Name extends string = string> {
  readonly name: Name
  /** As a target: only the caller's instances. */
  readonly own: Target
  /** As a target: only the member with this TypeScript or wire name. */
  only(member: string): Target
}

/** `UserContext.own` is told apart by this key, which never travels. */
export const ownMark: unique symbol = Symbol.for('mizan.own')

/** A target that stands for the caller's instances. */
export interface OwnTarget extends Target {
  readonly [ownMark]: true
}

/** Whether `target` came from `.own`. */
export function isOwnTarget(target: Target): target is OwnTarget {
  return ownMark in target
}

/**
 * Describes a context; its name is its wire name.
 *
 * @throws TypeError when the name is not snake_case (`^[a-z][a-z0-9_]*$`).
 * @see PROTOCOL sections 1 and 2
 */
export function defineContext<const Name extends string>(name: Name): Context<Name> {
  if (!isWireName(name)) {
    throw new TypeError(
      `defineContext("${name}"): a context's name is snake_case, such as "user" or "user_orders"`,
    )
  }
  const own: OwnTarget = Object.freeze({ context: name, [ownMark]: true as const })
  return Object.freeze({
    name,
    own,
    only(member: string): Target {
      const wire = toWireName(member)
      if (wire === null)
        throw new TypeError(`${name}.only("${member}"): no function can have this name`)
      return Object.freeze({ context: name, function: wire })
    },
  })
}

/** Mounted at the root of every page, without params. */
export const GlobalContext: Context<'global'> = defineContext('global')
