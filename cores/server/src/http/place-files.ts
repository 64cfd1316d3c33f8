/** Puts the files of a multipart call where its arguments have `null` in their place. */

import { MizanError } from '@mizan/protocol'

/**
 * @param args parsed JSON; changed in place
 * @param pointer JSON Pointer into `args` (RFC 6901): `/photos/0`
 * @throws MizanError `BAD_REQUEST` when there is no `null` at that place
 */
export function placeFile(args: unknown, pointer: string, file: File): void {
  const steps = pointer.split('/').map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
  const last = steps.at(-1) ?? ''
  let holder = steps.length > 1 && steps[0] === '' ? args : undefined
  for (const step of steps.slice(1, -1)) holder = childOf(holder, step)
  if (childOf(holder, last) !== null) {
    throw new MizanError(
      'BAD_REQUEST',
      `the file "${pointer.slice(0, 60)}" has no place: a file is a part named by its JSON Pointer, with null at that place in args`,
    )
  }
  // Not by assignment, which would make a file named __proto__ a prototype. cast: what has a child is an object.
  Object.defineProperty(holder as object, last, {
    value: file,
    configurable: true,
    enumerable: true,
    writable: true,
  })
}

function childOf(holder: unknown, step: string): unknown {
  if (typeof holder !== 'object' || holder === null || holder instanceof File) return undefined
  if (Array.isArray(holder) && !/^(?:0|[1-9]\d{0,8})$/.test(step)) return undefined
  // cast: checked to be an object
  return Object.hasOwn(holder, step) ? (holder as Record<string, unknown>)[step] : undefined
}
