/** Tags: what an entry depends on, and what a mutation changes. One changed tag ends every entry that has it. */

import { canonicalJson, formatInvalidate, type Target } from '@mizan/protocol'

/**
 * Tags of the instance of `context` with `params` (as texts): the context, and for each param that a mutation can scope
 * by, its value (`user;user_id=5`), or that it is absent (`user;user_id`).
 *
 * @see PROTOCOL section 6
 */
export function tagsOfInstance(
  context: string,
  params: Readonly<Record<string, string>>,
  scopable: readonly string[],
): string[] {
  const scoped = scopable.map((name) => {
    const value = Object.hasOwn(params, name) ? params[name] : undefined
    return value === undefined ? absentTag(context, name) : valueTag(context, name, value)
  })
  return unique([context, ...scoped])
}

/**
 * Tags that `targets` change. A scoped target changes its first param by name, for the instances that have that value
 * and those that leave it absent: what further params would narrow is invalidated too. A function counts as its context.
 */
export function tagsOfTargets(targets: readonly Target[]): string[] {
  return unique(
    targets.flatMap(({ context, params = {} }) => {
      const [name] = Object.keys(params)
        .filter((key) => params[key] !== undefined)
        .sort()
      if (name === undefined) return [context]
      const value = params[name]
      const text = typeof value === 'string' ? value.toWellFormed() : canonicalJson(value)
      return [valueTag(context, name, text), absentTag(context, name)]
    }),
  )
}

/**
 * A wider tag that changes whenever `tag` does: of a data tag the table's, otherwise the tag itself. Every write to a
 * table changes the table's own tag.
 */
export function widenTag(tag: string): string {
  if (!tag.startsWith('db:')) return tag
  const end = tag.indexOf(':', 3)
  return end === -1 ? tag : tag.slice(0, end)
}

/**
 * Tags that reach at least what `tags` do, and are as many as there are contexts and tables: for a purge of so much that
 * naming it costs more than what it spares. A read of a row depends on `db:tasks:*`, one of the table on `db:tasks`.
 */
export function widenPurge(tags: Iterable<string>): string[] {
  return unique(
    [...tags].flatMap((tag) => {
      if (!tag.startsWith('db:')) return [tag.split(';', 1)[0] ?? tag]
      const table = widenTag(tag)
      return table === tag && tag === 'db:*' ? [tag] : [table, `${table}:*`]
    }),
  )
}

// The header's own form. A value too long for a header falls back to the broad tag there, and so, on both sides, here.
function valueTag(context: string, name: string, text: string): string {
  // Most values are numbers and ids, in which there is nothing to encode.
  if (unreserved.test(text)) return `${context};${name}=${text}`
  return formatInvalidate([{ context, params: { [name]: text } }])
}

const unreserved = /^[\w.~-]{1,200}$/

function absentTag(context: string, name: string): string {
  return `${context};${name}`
}

function unique(tags: readonly string[]): string[] {
  return [...new Set(tags)]
}
