/** The timeline as a list, the newest first, each with why. */

import type { Devtools } from '../devtools.ts'
import { explain, type TimelineEntry } from '../timeline.ts'
import { element, keepChildren, setText } from './elements.ts'
import type { View } from './instances-view.ts'

/** Makes the list. */
export function createTimelineView(tools: Devtools): View {
  const list = element('ol', { attributes: { 'aria-label': 'Timeline, the newest first' } })
  const none = element('p', {}, 'Nothing has happened yet.')
  const root = element('div', {}, list, none)

  function make(): HTMLLIElement {
    const time = element('span', { attributes: { class: 'time' } })
    const what = element('span')
    const why = element('div', { attributes: { class: 'why' } })
    return element('li', {}, time, what, why)
  }

  function update(): void {
    const entries = tools.timeline()
    const byKey = new Map(entries.map((entry) => [String(entry.id), entry]))
    keepChildren(list, [...byKey.keys()].toReversed(), {
      make,
      update(item, key) {
        const entry = byKey.get(key)
        const [time, what, why] = item.children
        if (!entry || !time || !what || !why) return
        setText(time, new Date(entry.at).toTimeString().slice(0, 8))
        setText(what, titleOf(entry))
        what.classList.toggle('bad', 'error' in entry && entry.error !== undefined)
        setText(why, explain(entry, entries).join(' → '))
      },
    })
    none.hidden = entries.length > 0
  }

  return { root, update }
}

function titleOf(entry: TimelineEntry): string {
  switch (entry.kind) {
    case 'call':
      return `Call ${entry.name}${entry.args === undefined ? '' : ` ${entry.args}`}${outcomeOf(entry)}`
    case 'read':
      return `Read ${entry.label}${outcomeOf(entry)}`
    case 'push':
      return `Data for ${entry.label} ${entry.by === undefined ? 'was sent' : 'came with a call'}`
    case 'invalidation':
      return `Out of date, told by ${entry.from}: ${entry.reached.join(', ') || 'nothing that is shown'}`
  }
}

function outcomeOf(entry: {
  readonly status?: number
  readonly error?: string
  readonly milliseconds?: number
  readonly isAborted?: boolean
}): string {
  if (entry.isAborted) return ': given up'
  if (entry.status === undefined) return ' …'
  const result = entry.error ?? (entry.status === 304 ? 'unchanged' : String(entry.status))
  return `: ${result} after ${Math.round(entry.milliseconds ?? 0)} ms`
}
