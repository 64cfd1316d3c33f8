/** Runs a mutation to its end: function, commit, session, purge, targets. */

import type { Target } from '@mizan/protocol'
import { tagsOfTargets } from '../cache/index.ts'
import type { Exchange, RunScope } from '../scope.ts'
import type { Arguments } from './arguments.ts'
import { toDataTag } from './data-tag.ts'
import type { Engine } from './engine.ts'
import { type Run, runFunction } from './run-function.ts'
import { applySessionChange } from './session-change.ts'
import { targetsOf } from './targets.ts'

/** How a mutation ended. A failed one may still have committed something, and then has targets. */
export type Settled = {
  readonly targets: readonly Target[]
  /** Data tags whose rows were changed and committed. */
  readonly writes: readonly string[]
  /** The purge could not be carried out yet. */
  readonly deferred: boolean
} & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }
)

/** Runs and settles; never rejects for what the function did. */
export async function runMutation(
  engine: Engine,
  run: Omit<Run, 'values'>,
  args: Arguments,
): Promise<Settled> {
  const running = runFunction(engine, { ...run, values: args.values })
  const settle = (): Promise<Invalidated> => invalidateAfter(engine, running.scope, run, args)
  try {
    const value = await running.value
    await applySessionChange(engine, run.exchange)
    return { ok: true, value, ...(await settle()) }
  } catch (error) {
    // The end of a function is when its promise settles, not when the answer left: after a time-out its
    // writes still arrive, and still purge.
    void running.finished.then(settle, () => undefined)
    const committed = running.scope.writes.size > 0
    return {
      ok: false,
      error,
      ...(committed ? await settle() : { targets: [], writes: [], deferred: false }),
    }
  }
}

type Invalidated = Pick<Settled, 'targets' | 'writes' | 'deferred'>

async function invalidateAfter(
  engine: Engine,
  scope: RunScope,
  run: { readonly entry: Run['entry']; readonly exchange: Exchange },
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
