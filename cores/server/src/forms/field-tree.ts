/** The fields of a form by their names: `title`, `lines[0][count]` or `lines.0.count`, `tags[]`. */

import { MizanError } from '@mizan/protocol'
import type { Limits } from '../limits.ts'

/** One level of names; what stands at this very name, and what below it. Maps, as names come from outside. */
export interface FieldNode {
  readonly values: (string | File)[]
  readonly children: Map<string, FieldNode>
}

/**
 * Sorts fields by name.
 *
 * @throws MizanError `BAD_REQUEST` for too many fields, or a name that is nested too deep
 */
export function toFieldTree(
  fields: readonly (readonly [name: string, value: string | File])[],
  limits: Required<Limits>,
): FieldNode {
  if (fields.length > limits.keys)
    throw new MizanError('BAD_REQUEST', `the form has more than ${limits.keys} fields`)
  const root = createNode()
  for (const [name, value] of fields) {
    const path = toFieldPath(name)
    if (path.length > limits.depth)
      throw new MizanError('BAD_REQUEST', `a name is nested deeper than ${limits.depth} levels`)
    let node = root
    for (const step of path) {
      const child = node.children.get(step) ?? createNode()
      node.children.set(step, child)
      node = child
    }
    node.values.push(value)
  }
  return root
}

/** `lines[0][count]` and `lines.0.count` → `lines`, `0`, `count`; a name of another form is one step. */
export function toFieldPath(name: string): string[] {
  const plain = name.endsWith('[]') ? name.slice(0, -2) : name
  const steps = plain.replaceAll('[', '.').replaceAll(']', '').split('.')
  return steps.includes('') ? [name] : steps
}

function createNode(): FieldNode {
  return { values: [], children: new Map() }
}
