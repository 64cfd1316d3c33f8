/** Structural sharing: what did not change between two answers keeps its identity, so that nothing renders for it. */

/**
 * Returns `next`, with each part that equals its counterpart in `previous` replaced by that counterpart; `previous` itself
 * when all of it is equal. The order of keys does not matter. Both are JSON values.
 */
export function share(previous: unknown, next: unknown): unknown {
  if (!isContainer(previous) || !isContainer(next)) return previous === next ? previous : next
  if (Array.isArray(previous) !== Array.isArray(next)) return next
  const keys = Object.keys(next)
  let same = keys.length === Object.keys(previous).length
  // `next` came out of JSON.parse a moment ago and nobody else holds it: it is changed in place.
  for (const key of keys) {
    const part = share(Object.hasOwn(previous, key) ? previous[key] : undefined, next[key])
    if (part !== next[key]) next[key] = part
    same &&= part === previous[key]
  }
  return same ? previous : next
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return value === Object(value)
}
