/** Runs a mutation to its end: function, commit, purge, targets, session. */

import type { Target } from '@mizan/protocol'
import { tagsOfTargets } from '../cache/index.ts'
import type { RunScope } from '../scope.ts'
import type { Arguments } from './arguments.ts'
import { toDataTag } from './data-tag.ts'
import type { Engine } from './engine.ts'
import { type Run, runFunction } from './run-function.ts'
import { applySessionChange } from './session-change.ts'
import { targetsOf } from './targets.ts'

/** What a mutation invalidated. */
export interface Invalidated {
  readonly targets: readonly Target[]
  /** Data tags whose rows were changed and committed. */
  readonly writes: readonly string[]
  /** The purge could not be carried out yet. */
  readonly deferred: boolean
}

/** How a mutation ended. A failed one may still have committed something, and then has targets. */
export type Settled = Invalidated &
  ({ readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown })

/** What a run invalidates that committed nothing. */
export const nothingInvalidated: Invalidated = Object.freeze({
  targets: [],
  writes: [],
  deferred: false,
})

/** Runs and settles; never rejects for what the function did. */
export async function runMutation(
  engine: Engine,
  run: Omit<Run, 'values'>,
  args: Arguments,
): Promise<Settled> {
  const running = runFunction(engine, { ...run, values: args.values })
  const { writes } = running.scope
  const settle = (): Promise<Invalidated> => invalidateAfter(engine, running.scope, run, args)
  let value: unknown
  try {
    value = await running.value
  } catch (error) {
    const committed = writes.size
    const invalidated = committed === 0 ? nothingInvalidated : await settle()
    // The end of a function is when its promise settles, not when the answer left: after a time-out its
    // writes still arrive, and still purge.
    engine.background(
      running.finished.then(settle, () => (writes.size > committed ? settle() : undefined)),
    )
    return { ok: false, error, ...invalidated }
  }
  const invalidated = await settle()
  try {
    await applySessionChange(engine, run.exchange)
    return { ok: true, value, ...invalidated }
  } catch (error) {
    return { ok: false, error, ...invalidated }
  }
}

/** Targets and purge of a run that has ended. */
export async function invalidateAfter(
  engine: Engine,
  scope: RunScope,
  run: Omit<Run, 'values'>,
  args: Arguments,
): Promise<Invalidated> {
  const targets = targetsOf(
    {
      entry: run.entry,
      wire: args.wire,
      emitted: scope.emitted,
      writes: scope.writes,
      principal: run.exchange.principal,
    },
    engine.registry.artifact,
  )
  const tags = [...tagsOfTargets(targets), ...[...scope.writes].map(toDataTag)]
  const purged =
    engine.cache === undefined || tags.length === 0
      ? { deferred: false }
      : await engine.cache.purge(tags)
  return { targets, writes: [...scope.writes], deferred: purged.deferred }
}
