/** Structural sharing of values as pages have them: what share.ts is for JSON, with dates, bytes, maps and sets. */

/** `next`, or a copy of it in which each part that equals its counterpart in `previous` is that. */
export function shareValues(previous: unknown, next: unknown): unknown {
  if (Object.is(previous, next)) return previous
  if (!isObject(previous) || !isObject(next)) return next
  const kind: unknown = Object.getPrototypeOf(next)
  if (kind !== Object.getPrototypeOf(previous)) return next
  if (previous instanceof Date) return previous.getTime() === Number(next) ? previous : next
  if (isIterable(previous) && isIterable(next) && !Array.isArray(next)) {
    const before = [...previous]
    return shareValues(before, [...next]) === before ? previous : next
  }
  return Array.isArray(next) || kind === Object.prototype ? shareParts(previous, next) : next
}

function shareParts(previous: Parts, next: Parts): unknown {
  const keys = Object.keys(next)
  let isSame = keys.length === Object.keys(previous).length
  // Others hold `next` too, so it is left as it is.
  let shared: Parts | undefined
  for (const key of keys) {
    const isNew = !Object.hasOwn(previous, key)
    const part = isNew ? next[key] : shareValues(previous[key], next[key])
    if (part !== next[key]) {
      // cast: an array is copied as what it is.
      shared ??= (Array.isArray(next) ? [...next] : { ...next }) as Parts
      shared[key] = part
    }
    isSame &&= !isNew && Object.is(part, previous[key])
  }
  return isSame ? previous : (shared ?? next)
}

type Parts = Record<string, unknown>

function isObject(value: unknown): value is Parts {
  return typeof value === 'object' && value !== null
}

function isIterable(value: object): value is Iterable<unknown> {
  return Symbol.iterator in value
}
