/** Locks of statements that take away and make views, triggers, policies and their like. */

import type { ObjectSnapshot, SchemaChange } from '@mizan/db'

type OfObject = Extract<SchemaChange, { readonly object: unknown }>

/** What is locked beside the object itself: making one, and taking one away. */
const tableLocks: Readonly<Partial<Record<ObjectSnapshot['kind'], readonly [string, string]>>> = {
  trigger: ['SHARE ROW EXCLUSIVE on its table', 'ACCESS EXCLUSIVE on its table'],
  policy: ['ACCESS EXCLUSIVE on its table', 'ACCESS EXCLUSIVE on its table'],
  rule: ['ACCESS EXCLUSIVE on its table', 'ACCESS EXCLUSIVE on its table'],
  view: ['ACCESS SHARE on what it reads', 'ACCESS EXCLUSIVE on it'],
  'materialized view': ['ACCESS SHARE on what it reads', 'ACCESS EXCLUSIVE on it'],
  'view index': ['SHARE on its view, while it is built', 'ACCESS EXCLUSIVE on its view'],
}

/** The lock, and whether the object steps aside or comes back. */
export function noteOfObject(
  { kind, object }: OfObject,
  changes: readonly SchemaChange[],
): string | undefined {
  const locks = tableLocks[object.kind]
  if (locks === undefined) return undefined
  const [making, taking] = locks
  const opposite = kind === 'dropObject' ? 'createObject' : 'dropObject'
  const steps = changes.some(
    (one) =>
      one.kind === opposite &&
      one.object.kind === object.kind &&
      one.object.name === object.name &&
      one.object.create.source === object.create.source,
  )
  if (kind === 'dropObject')
    return steps ? `${taking}: it stands on what changes, and comes back below` : taking
  const filled =
    object.kind === 'materialized view'
      ? '; its query runs anew, and takes as long as that takes'
      : ''
  return `${making}${steps ? ': it comes back as it was' : ''}${filled}`
}
