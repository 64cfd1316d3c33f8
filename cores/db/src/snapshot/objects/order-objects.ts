/** Objects in an order in which they can be made. */

import { objectKey, objectKinds, type ObjectSnapshot } from '../snapshot.ts'
import { standsOn } from './standing.ts'

/** By kind, and what others stand on first. */
export function orderObjects(objects: readonly ObjectSnapshot[]): readonly ObjectSnapshot[] {
  const byKey = Object.fromEntries(objects.map((object) => [objectKey(object), object]))
  const result = new Set<ObjectSnapshot>()
  const visit = (object: ObjectSnapshot, path: ReadonlySet<ObjectSnapshot>): void => {
    if (result.has(object) || path.has(object)) return
    for (const key of standsOn(object, byKey)) {
      const below = Object.hasOwn(byKey, key) ? byKey[key] : undefined
      if (below !== undefined) visit(below, new Set([...path, object]))
    }
    result.add(object)
  }
  const rank = ({ kind }: ObjectSnapshot): number => objectKinds.indexOf(kind)
  for (const object of objects.toSorted((a, b) => rank(a) - rank(b))) visit(object, new Set())
  return [...result]
}

/** Keys of what is made after the tables: by its kind, or because it needs one of them or something that does. */
export function lateKeys(
  objects: Readonly<Record<string, ObjectSnapshot>>,
  held: ReadonlySet<string>,
): ReadonlySet<string> {
  const tables = objectKinds.indexOf('ownership')
  const late = new Set(
    Object.entries(objects)
      .filter(
        ([key, { kind, dependsOn }]) =>
          held.has(key) ||
          objectKinds.indexOf(kind) >= tables ||
          dependsOn.some((one) => one.startsWith('table ')),
      )
      .map(([key]) => key),
  )
  for (let size = -1; size !== late.size;) {
    size = late.size
    for (const [key, object] of Object.entries(objects))
      if (standsOn(object, objects).some((one) => late.has(one))) late.add(key)
  }
  return late
}
