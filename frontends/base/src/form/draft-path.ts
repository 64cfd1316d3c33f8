/** Ways into a form's drafts by dotted path. */

import type { FieldDescriptor } from '../form-descriptor.ts'
import type { Draft, DraftGroup, DraftItem } from './draft.ts'

/** The top-level fields by their names in TypeScript. */
export type Fields = Readonly<Record<string, FieldDescriptor>>

/** A field and its name on the wire: what an input of it is called. */
export interface PlacedField {
  readonly field: FieldDescriptor
  readonly name: string
}

/**
 * The field at `path`.
 *
 * @throws TypeError for a path where the form has no field
 */
export function fieldAt(fields: Fields, path: string): PlacedField {
  const [head = '', ...rest] = path.split('.')
  let field = Object.hasOwn(fields, head) ? fields[head] : undefined
  for (const step of rest) {
    field =
      field?.kind === 'list' && /^\d+$/.test(step)
        ? field.item
        : field?.fields?.find(({ wire }) => wire === step)
  }
  if (!field) throw new TypeError(`there is no field ${path}`)
  return { field, name: [fields[head]?.wire ?? head, ...rest].join('.') }
}

/** The path of a server's: its first step by its name in TypeScript, or '' when it is of no field. */
export function fromWirePath(fields: Fields, wirePath: string): string {
  const [head, ...rest] = wirePath.split('.')
  const key = Object.keys(fields).find((name) => fields[name]?.wire === head)
  return key === undefined ? '' : [key, ...rest].join('.')
}

/** What stands at `path`. */
export function draftAt(drafts: DraftGroup, path: string): Draft {
  let draft: Draft = drafts
  for (const step of path.split('.')) draft = childOf(draft, step)
  return draft
}

function childOf(draft: Draft, step: string): Draft {
  // cast: lists hold items, see toDraft.
  if (Array.isArray(draft)) return (draft as DraftItem[])[Number(step)]?.draft
  if (typeof draft !== 'object' || draft === null || !Object.hasOwn(draft, step)) return undefined
  return (draft as DraftGroup)[step] // cast: an own property of an object
}

/** `drafts` with another draft at `path`. */
export function withDraft(drafts: DraftGroup, path: string, next: Draft): DraftGroup {
  // cast: what has a path below it stays the group that it is.
  return replace(drafts, path.split('.'), next) as DraftGroup
}

function replace(draft: Draft, [step, ...rest]: readonly string[], next: Draft): Draft {
  if (step === undefined) return next
  if (Array.isArray(draft))
    // cast: lists hold items, see toDraft.
    return (draft as DraftItem[]).map((item, at) =>
      at === Number(step) ? { ...item, draft: replace(item.draft, rest, next) } : item,
    )
  const group = (draft ?? {}) as DraftGroup // cast: paths go through groups and lists only
  return { ...group, [step]: replace(group[step], rest, next) }
}
