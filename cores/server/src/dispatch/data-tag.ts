/** Data tags among the tags of contexts: the same store keeps versions of both. */

/** The data tag of what cannot be placed: SQL written by hand, tables outside the schema. */
export const everythingTag = '*'

const prefix = 'db:'

/** `tasks:id=5` → `db:tasks:id=5`. */
export function toDataTag(tag: string): string {
  return prefix + tag
}

/** The way back. */
export function fromDataTag(tag: string): string {
  return tag.slice(prefix.length)
}

/** Whether a tag is of the data core. */
export function isDataTag(tag: string): boolean {
  return tag.startsWith(prefix)
}
