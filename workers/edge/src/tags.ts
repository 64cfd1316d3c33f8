/** Names of what has a version: an entry ends when one of its tags gets another version (PROTOCOL section 6). */

import { formatInvalidate, type ManifestContext, type Target } from '@mizan/protocol'

/**
 * Every tag of one instance: the context, and for each declared param `user;user_id=5`, or `user;user_id` where the
 * instance leaves it absent.
 *
 * @param params Texts of the params that are given.
 */
export function tagsOfInstance(
  context: string,
  declared: readonly string[],
  params: Readonly<Record<string, string>>,
): string[] {
  return [
    context,
    ...declared.map((name) => {
      const text = Object.hasOwn(params, name) ? params[name] : undefined
      return text === undefined ? absentTag(context, name) : valueTag(context, name, text)
    }),
  ]
}

/**
 * The tags that a purge of `target` changes, whatever the number of entries: the context's for a broad target; for a
 * scoped one those of its first declared param, as value and as absent. An instance holds a tag for every declared
 * param, so one is enough. Nothing for a context of which nothing is stored.
 *
 * @param contexts What may be stored.
 */
export function tagsOfTarget(
  target: Target,
  contexts: ReadonlyMap<string, ManifestContext>,
): string[] {
  const { context, params = {} } = target
  const declared = contexts.get(context)?.params
  if (declared === undefined) return []
  // Every instance leaves an undeclared param absent, which matches any value.
  const [first] = declared.filter((name) => Object.hasOwn(params, name)).sort()
  if (first === undefined) return [context]
  return [valueTag(context, first, params[first]), absentTag(context, first)]
}

function valueTag(context: string, name: string, value: unknown): string {
  // A value too long for a header becomes the context's tag, here and in the target alike.
  return formatInvalidate([{ context, params: { [name]: value } }])
}

function absentTag(context: string, name: string): string {
  return `${context};${name}`
}

/**
 * Whether `tag` names data that an instance read: the truncated HMAC of a data tag, as the origin lists it in
 * `X-Mizan-Cache` and, when it is written, in `X-Mizan-Changed`. Any other tag could change without the edge noticing.
 */
export function isDataTag(tag: string): boolean {
  return /^[0-9a-f]{16,64}$/.test(tag)
}

/** The name of the Durable Object that holds the tag's version: one a context, sixteen for all data. */
export function shardOfTag(tag: string): string {
  return isDataTag(tag) ? `data:${tag.slice(0, 1)}` : `ctx:${tag.split(';', 1)[0] ?? tag}`
}
