/** What a type cannot be used for where it stands, although it can cross: as an argument, as a result. */

import type { NamedType, TypeNode } from '../ir/type.ts'
import { findAmbiguity, findInside } from '../ir/wire-form.ts'
import type { TypePlace, TypeReader } from './types.ts'

/** Named types that were found to be fine, for one run: each is looked at once. */
interface Seen {
  readonly ambiguity: Set<NamedType>
  readonly argument: Set<NamedType>
  readonly result: Set<NamedType>
}

const runs = new WeakMap<TypeReader, Seen>()

function seenOf(types: TypeReader): Seen {
  const known = runs.get(types) ?? { ambiguity: new Set(), argument: new Set(), result: new Set() }
  runs.set(types, known)
  return known
}

/** Reports what cannot be an argument: what comes back as something else. */
export function checkArgument(type: TypeNode, place: TypePlace, types: TypeReader): void {
  const seen = seenOf(types)
  report(findAmbiguity(type, seen.ambiguity), place, types)
  if (types.resultOnly.size === 0) return
  report(
    findInside(type, (part) => types.resultOnly.get(part), seen.argument),
    place,
    types,
  )
}

/** Reports what cannot be a result, an item of a stream, a message or the data of an error: files. */
export function checkResult(type: TypeNode, place: TypePlace, types: TypeReader): void {
  const seen = seenOf(types)
  report(findAmbiguity(type, seen.ambiguity), place, types)
  report(
    findInside(
      type,
      (part) =>
        part.kind === 'file'
          ? 'is a File, and files travel to the server only; return a Uint8Array, or a Response from a function with a route'
          : undefined,
      seen.result,
    ),
    place,
    types,
  )
}

function report(
  found: ReturnType<typeof findInside>,
  place: TypePlace,
  { reading }: TypeReader,
): void {
  if (found !== undefined) reading.report(place.node, `${place.path}${found.path} ${found.message}`)
}
