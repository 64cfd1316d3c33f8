/** The encoder of `allOf`: what each part changed, laid over what the parts before it gave. */

import type { Encoder } from './misfit.ts'
import { isJsonObject, setOwn } from './schema.ts'

/** Each part encodes the original; what a part changed is laid over what the parts before it gave. */
export function overlayAll(encoders: readonly Encoder[]): Encoder {
  return (value) =>
    encoders.reduce<unknown>((result, encode) => overlay(value, result, encode(value)), value)
}

function overlay(original: unknown, left: unknown, right: unknown): unknown {
  if (left === original) return right
  if (right === original) return left
  if (Array.isArray(left) && Array.isArray(right) && Array.isArray(original)) {
    return left.map((item, index) => overlay(original[index], item, right[index]))
  }
  if (!isJsonObject(left) || !isJsonObject(right) || !isJsonObject(original)) return left
  const merged: Record<string, unknown> = { ...left }
  for (const [name, item] of Object.entries(right))
    setOwn(merged, name, overlay(original[name], left[name], item))
  return merged
}
