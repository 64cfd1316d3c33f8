/** What happened in a kernel, and what because of what: the answer to "why did this refetch?". */

/** What a function was called with, what came of it, and what it made out of date. */
export interface CallEntry {
  readonly kind: 'call'
  readonly id: number
  /** Milliseconds of the clock. */
  readonly at: number
  /** Wire name. */
  readonly name: string
  /** JSON, cut short; `undefined` when there is none of it. */
  readonly args: string | undefined
  /** `undefined` while it is on its way. */
  status?: number
  error?: string
  milliseconds?: number
  /** In the grammar of the header `X-Mizan-Invalidate`. */
  targets: readonly string[]
  /** Labels of the shown instances that the targets reach. */
  reached: readonly string[]
  isAborted?: boolean
  /** Somebody was signed in or out: everything was forgotten. */
  isSessionChange?: boolean
  /** Who had to render for what the call is guessed to do, by member. */
  readonly told: Map<string, number>
}

/** Something was made out of date without a call of this page. */
export interface InvalidationEntry {
  readonly kind: 'invalidation'
  readonly id: number
  readonly at: number
  /** `live`, `tabs`, `focus`, `poll`, the name of a stream, or `page`. */
  readonly from: string
  /** Empty when all was forgotten. */
  readonly targets: readonly string[]
  readonly reached: readonly string[]
}

/** Why an instance was asked for. */
export type ReadCause =
  /** The call or invalidation with this id reached it. */
  | { readonly by: number }
  /** It was shown first or again, loaded or refetched by the page, or asked for again after a failure. */
  | { readonly by: 'shown' | 'load' | 'refetch' | 'retry' | 'unknown' }

/** One request for an instance. */
export interface ReadEntry {
  readonly kind: 'read'
  readonly id: number
  readonly at: number
  /** `task?task_id=5` */
  readonly label: string
  readonly cause: ReadCause
  /** `undefined` while it is on its way; 304 when nothing had changed. */
  status?: number
  error?: string
  milliseconds?: number
  /** It was given up: nobody wanted it any more, or it was overtaken. */
  isAborted?: boolean
  /** Members that came out different. */
  changed: readonly string[]
  /** Who had to render, by member; `*` stands for those that show all. */
  readonly told: Map<string, number>
}

/** New data came to an instance without a request of its own. */
export interface PushEntry {
  readonly kind: 'push'
  readonly id: number
  readonly at: number
  readonly label: string
  /** The call whose answer brought it; `undefined` when it was sent over the live connection or taken from a state. */
  readonly by: number | undefined
  changed: readonly string[]
  readonly told: Map<string, number>
}

/** One line of the timeline. */
export type TimelineEntry = CallEntry | InvalidationEntry | ReadEntry | PushEntry

/** How the line `entry` came about, the first cause first: mutation → targets → instances → renders. */
export function explain(entry: TimelineEntry, all: readonly TimelineEntry[]): readonly string[] {
  const by = causeOf(entry)
  const cause = typeof by === 'number' ? all.find(({ id }) => id === by) : undefined
  return [...(cause ? explain(cause, all).slice(0, 2) : []), ...ownSteps(entry, by)]
}

function causeOf(entry: TimelineEntry): number | string | undefined {
  if (entry.kind === 'read') return entry.cause.by
  return entry.kind === 'push' ? entry.by : undefined
}

const reasons: Readonly<Record<string, string>> = {
  shown: 'a component shows it, and there was nothing up to date',
  load: 'the page loaded it',
  refetch: 'the page asked for it anew',
  retry: 'the request before it failed',
  unknown: 'a layer asked for it',
}

function ownSteps(entry: TimelineEntry, by: number | string | undefined): string[] {
  if (entry.kind === 'call') {
    return [
      `call ${entry.name}`,
      entry.isSessionChange ? 'all data was forgotten' : targetsOf(entry),
    ]
  }
  if (entry.kind === 'invalidation') {
    const what = entry.targets.length === 0 ? 'all data was forgotten' : targetsOf(entry)
    return [`told by ${entry.from}`, what]
  }
  const reason = typeof by === 'string' ? [reasons[by] ?? by] : []
  const told = [...entry.told].map(([member, count]) => `${member} ×${count}`)
  return [
    ...reason,
    entry.kind === 'read' ? `read ${entry.label}` : `data for ${entry.label}`,
    entry.changed.length === 0 ? 'nothing changed' : `changed ${entry.changed.join(', ')}`,
    told.length === 0 ? 'nothing rendered' : `rendered ${told.join(', ')}`,
  ]
}

function targetsOf({ targets }: { readonly targets: readonly string[] }): string {
  return targets.length === 0 ? 'no targets' : `targets ${targets.join(', ')}`
}
