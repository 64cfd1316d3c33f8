/** The encoder of `allOf`: what each part declares, and of what several declare the form that one of them gave it. */

import type { Encoder } from './misfit.ts'
import { isJsonObject, setOwn } from './schema.ts'

/** Each part encodes the original; what it gave is laid over what the parts before it gave. */
export function overlayAll(encoders: readonly Encoder[]): Encoder {
  return (value) =>
    encoders.map((encode) => encode(value)).reduce((left, right) => overlay(value, left, right))
}

function overlay(original: unknown, left: unknown, right: unknown): unknown {
  if (!isContainer(left) || !isContainer(right)) return left === original ? right : left
  if (Array.isArray(left) && Array.isArray(right) && Array.isArray(original)) {
    return left.map((item, index) => overlay(original[index], item, right[index]))
  }
  if (!isJsonObject(left) || !isJsonObject(right) || !isJsonObject(original)) return left
  const merged: Record<string, unknown> = { ...left }
  for (const [name, item] of Object.entries(right))
    setOwn(
      merged,
      name,
      Object.hasOwn(left, name) ? overlay(original[name], left[name], item) : item,
    )
  return merged
}

function isContainer(value: unknown): boolean {
  return Array.isArray(value) || isJsonObject(value)
}
