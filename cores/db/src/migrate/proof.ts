/** What was seen when a migration went up, down and up again on a scratch database. */

import type { EngineFacts } from '../dialect/migration-facts.ts'

/** The state of a database around a step that has no transaction: what it changes, before and after. */
export interface StepProbe {
  /** Fact → text; null where there is no such thing. */
  readonly before: Readonly<Record<string, string | null>>
  readonly after: Readonly<Record<string, string | null>>
}

/** A proof. It names the hash that it is for. */
export interface Proof {
  readonly hash: string
  readonly engine: EngineFacts
  /** What taking the migration back does not bring back, in words. */
  readonly losses: readonly string[]
  /** Tables that had rows while it ran. */
  readonly rows: readonly string[]
  /** Why it ran with one row in each table, where several were refused: their values became equal, or the like. */
  readonly fewerRows?: string
  /** Why it ran without rows, where rows were refused. */
  readonly withoutRows?: string
  /** Of each step of the up script; null for steps with a transaction. */
  readonly up: readonly (StepProbe | null)[]
  readonly down: readonly (StepProbe | null)[]
}

/** Where a step is: the facts of its probe as they are now. */
export function placeOf(
  probe: StepProbe,
  now: ReadonlyMap<string, string>,
): 'before' | 'after' | 'neither' {
  const matches = (facts: StepProbe['before']): boolean =>
    Object.entries(facts).every(([path, text]) => (now.get(path) ?? null) === text)
  const paths = Object.keys(probe.before)
  if (paths.length === 0) return 'neither'
  if (matches(probe.after)) return 'after'
  return matches(probe.before) ? 'before' : 'neither'
}

/** The probe of a step from the facts around it. */
export function probeBetween(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): StepProbe {
  const paths = [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => before.get(path) !== after.get(path))
    .toSorted()
  const facts = (of: ReadonlyMap<string, string>): StepProbe['before'] =>
    Object.fromEntries(paths.map((path) => [path, of.get(path) ?? null]))
  return { before: facts(before), after: facts(after) }
}
