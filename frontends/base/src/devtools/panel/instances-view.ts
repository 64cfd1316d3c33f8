/** The instances of a kernel as a table. */

import type { Devtools, InstanceFacts } from '../devtools.ts'
import { button, element, keepChildren, setText } from './elements.ts'

/** Shows what the kernel holds now. */
export interface View {
  readonly root: HTMLElement
  update(): void
}

/** The longest JSON that is shown. */
const longest = 20_000

/** Makes the table. */
export function createInstancesView(tools: Devtools): View {
  const body = element('tbody')
  const heads = ['Instance', 'State', 'Age', 'Shown by', 'Actions']
  const head = element(
    'tr',
    {},
    ...heads.map((text) => element('th', { attributes: { scope: 'col' } }, text)),
  )
  const none = element('p', {}, 'No context has been asked for.')
  const table = element('table', {}, element('thead', {}, head), body)
  const root = element('div', {}, table, none)
  let facts: ReadonlyMap<string, InstanceFacts> = new Map()

  function make(label: string): HTMLTableRowElement {
    const data = element('pre', { attributes: { tabindex: '0', 'aria-label': `Data of ${label}` } })
    const details = element('details', {}, element('summary', {}, element('code', {}, label)), data)
    details.addEventListener('toggle', () => update())
    return element(
      'tr',
      {},
      element('td', {}, details),
      element('td'),
      element('td'),
      element('td'),
      element(
        'td',
        { attributes: { class: 'actions' } },
        button('Invalidate', () => tools.invalidate(label), `Invalidate ${label}`),
        button('Refetch', () => tools.refetch(label), `Refetch ${label}`),
      ),
    )
  }

  function fill(row: HTMLTableRowElement, label: string): void {
    const { state, watchers } = facts.get(label) ?? {}
    const [first, status, age, shown] = row.cells
    if (!state || !first || !status || !age || !shown) return
    setText(
      status,
      `${state.status}${state.isStale ? ', stale' : ''}${state.error ? `: ${state.error.code}` : ''}`,
    )
    status.classList.toggle('bad', state.status === 'error')
    setText(age, state.fetchedAt === undefined ? '–' : toAge(tools.now() - state.fetchedAt))
    setText(
      shown,
      [...(watchers ?? [])].map(([name, count]) => `${name} ×${count}`).join(', ') || 'nobody',
    )
    const details = first.querySelector('details')
    const data = first.querySelector('pre')
    if (details?.open && data) setText(data, toJson(state.data))
  }

  function update(): void {
    facts = new Map(tools.instances().map((one) => [one.label, one]))
    keepChildren(body, [...facts.keys()].toSorted(), { make, update: fill })
    table.hidden = facts.size === 0
    none.hidden = facts.size > 0
  }

  return { root, update }
}

function toAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000))
  return seconds < 60 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`
}

function toJson(data: unknown): string {
  const text =
    JSON.stringify(
      data,
      // cast: what JSON has no form for is named by what it is.
      (_key, value: unknown) => (typeof value === 'bigint' ? `${value}n` : toPlain(value)),
      2,
    ) ?? 'undefined'
  return text.length > longest ? `${text.slice(0, longest)}…` : text
}

function toPlain(value: unknown): unknown {
  if (value instanceof Map) return { Map: [...value] }
  if (value instanceof Set) return { Set: [...value] }
  return value instanceof Uint8Array ? `${value.length} bytes` : value
}
