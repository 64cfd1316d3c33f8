/** What changes when the items of a list come, go and move: drafts, and all that stands at their paths. */

import type { DraftItem } from './draft.ts'

/** The items after a change, and where each old one went; undefined when it is gone. */
export interface ListChange {
  readonly items: readonly DraftItem[]
  moved(index: number): number | undefined
}

export function removeItem(items: readonly DraftItem[], at: number): ListChange {
  return {
    items: items.filter((_, index) => index !== at),
    moved: (index) => (index === at ? undefined : index > at ? index - 1 : index),
  }
}

/** Beyond an end is at that end. */
export function moveItem(items: readonly DraftItem[], from: number, to: number): ListChange {
  const last = items.length - 1
  const end = Math.max(0, Math.min(to, last))
  const rest = items.filter((_, index) => index !== from)
  const moving = items.slice(from, from + 1)
  return {
    items: [...rest.slice(0, end), ...moving, ...rest.slice(end)],
    moved(index) {
      if (index === from) return end
      const without = index > from ? index - 1 : index
      return without >= end ? without + 1 : without
    },
  }
}

/** The path after a change of `list`; undefined when it is gone. */
export function movedPath(path: string, list: string, change: ListChange): string | undefined {
  if (!path.startsWith(`${list}.`)) return path
  const [step = '', ...rest] = path.slice(list.length + 1).split('.')
  const next = change.moved(Number(step))
  return next === undefined ? undefined : [list, next, ...rest].join('.')
}
