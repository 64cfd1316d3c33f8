/** What stands in the inputs of a form while somebody fills it in: texts, ticks, files, and lists of them. */

import type { FieldDescriptor } from '../form-descriptor.ts'

/** Of one field: text, a tick, a file, a list, a group; a `json` or `bytes` field holds its value itself. */
export type Draft = unknown

/** One item of a list; its key stays its own when others come, go and move. */
export interface DraftItem {
  readonly key: number
  readonly draft: Draft
}

/** The fields of a group by their names. */
export type DraftGroup = Readonly<Record<string, Draft>>

let lastKey = 0

/** An item with a key of its own. A counter, as a key only tells items of one page apart. */
export function toItem(draft: Draft): DraftItem {
  return { key: ++lastKey, draft }
}

/** The draft of `value`: what an input would hold that shows it. */
export function toDraft(field: FieldDescriptor, value: unknown): Draft {
  switch (field.kind) {
    case 'group':
      return groupOf(field.fields ?? [], value)
    case 'list': {
      const { item } = field
      const values =
        value === undefined || value === null ? blankItems(field) : [...iterable(value)]
      return item ? values.map((one) => toItem(toDraft(item, one))) : []
    }
    case 'boolean':
    case 'file':
    case 'json':
    case 'bytes':
      return value ?? undefined
    case 'date':
      return value instanceof Date ? value.toISOString() : toText(value)
    default:
      return toText(value)
  }
}

/** The drafts of the named fields of an object. */
export function groupOf(fields: readonly FieldDescriptor[], value: unknown): DraftGroup {
  // cast: what a group is filled from is an object of its type.
  const values = (value ?? {}) as Readonly<Record<string, unknown>>
  return Object.fromEntries(
    fields.map((field) => [field.wire, toDraft(field, values[field.wire] ?? field.default)]),
  )
}

/** A list that needs items begins with them. */
function blankItems({ minItems = 0, item }: FieldDescriptor): unknown[] {
  return item?.kind === 'file' || item?.kind === 'choice' ? [] : Array.from({ length: minItems })
}

function iterable(value: unknown): Iterable<unknown> {
  // cast: a list is filled from an array or a set.
  return value as Iterable<unknown>
}

function toText(value: unknown): string {
  return value === undefined || value === null ? '' : String(value)
}

/** Nothing was filled in. */
export function isBlank(draft: Draft): boolean {
  if (Array.isArray(draft)) return draft.length === 0
  if (isGroup(draft)) return Object.values(draft).every(isBlank)
  return draft === undefined || draft === '' || draft === false
}

/** Whether two drafts show the same. */
export function isSameDraft(a: Draft, b: Draft): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    // cast: lists hold items, see toDraft.
    return (
      a.length === b.length &&
      (a as DraftItem[]).every((one, at) => isSameDraft(one.draft, (b as DraftItem[])[at]?.draft))
    )
  if (isGroup(a) && isGroup(b)) return Object.keys(a).every((key) => isSameDraft(a[key], b[key]))
  return Object.is(a, b) || ((a === undefined || a === false) && (b === undefined || b === false))
}

function isGroup(draft: Draft): draft is DraftGroup {
  return (
    typeof draft === 'object' && draft !== null && Object.getPrototypeOf(draft) === Object.prototype
  )
}
