/** Copies of frozen nodes with members left out or put in. */

/** A copy without some members. */
export function without<N extends object, K extends keyof N>(node: N, keys: readonly K[]): N {
  const copy = { ...node }
  for (const key of keys) delete copy[key]
  return copy
}

/** A member, or nothing where its value is undefined. */
export function optional<K extends string, V>(
  key: K,
  value: V | undefined,
): { readonly [key in K]?: V } {
  // cast: an object of one computed key
  return (value === undefined ? {} : { [key]: value }) as { readonly [key in K]?: V }
}
