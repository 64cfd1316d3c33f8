/** Params that code wrote with TypeScript names and values, in their wire form. */

import { toWireName } from '@mizan/protocol'

/** `{ userId: 5n }` → `{ user_id: '5' }`; `undefined` properties are left out. */
export function toWireParams(params: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const wire: [string, unknown][] = []
  for (const [key, value] of Object.entries(params)) {
    const name = toWireName(key)
    if (name === null) throw new TypeError(`"${key}" cannot be the name of a param`)
    if (value !== undefined) wire.push([name, toWireValue(value)])
  }
  return Object.fromEntries(wire.sort(([a], [b]) => (a < b ? -1 : 1)))
}

function toWireValue(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return value instanceof Date ? value.toISOString() : value
}
