/** Runs a mutation to its end: function, commit, purge, targets, session. */

import { headerNames, type Target } from '@mizan/protocol'
import { type Intent, noIntent } from '../invalidation/intents.ts'
import type { Exchange, RunScope } from '../scope.ts'
import { andThen, type Soon } from '../soon.ts'
import type { Arguments } from './arguments.ts'
import type { Engine } from './engine.ts'
import { type Run, runFunction, type Running } from './run-function.ts'
import { applySessionChange } from './session-change.ts'
import { withReaders } from './seen-reads.ts'
import { targetsOf } from './targets.ts'

/** What a mutation invalidated. */
export interface Invalidated {
  readonly targets: readonly Target[]
  /** What a client is told that knows no tags: the targets, and contexts that may have read what was changed. */
  readonly told: readonly Target[]
  /** Those that the function named itself. */
  readonly emitted: readonly Target[]
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
  told: [],
  emitted: [],
  writes: [],
  deferred: false,
})

/** Runs and settles; fails for nothing that the function did. */
export function runMutation(
  engine: Engine,
  run: Omit<Run, 'values'>,
  args: Arguments,
): Soon<Settled> {
  return andThen(intentOf(engine, run, args), (intent) => {
    const running = runFunction(engine, {
      ...run,
      values: args.values,
      targetsOf: (scope, writes) => targetsAfter(engine, { run, args, scope, writes }),
    })
    const settle = (): Soon<Invalidated> => invalidateAfter(engine, running.scope, run, args)
    const ending: Ending = { running, intent, exchange: run.exchange, settle }
    const { value } = running
    return value instanceof Promise
      ? value.then(
          (result) => succeed(engine, ending, result),
          (error: unknown) => fail(engine, ending, error),
        )
      : succeed(engine, ending, value)
  })
}

/** What there is to do when a function has ended. */
interface Ending {
  readonly running: Running
  readonly intent: Intent
  readonly exchange: Exchange
  readonly settle: () => Soon<Invalidated>
}

function succeed(engine: Engine, ending: Ending, value: unknown): Soon<Settled> {
  const { intent, running, exchange } = ending
  return andThen(ending.settle(), (invalidated) => {
    if (intent !== noIntent) engine.background(intent.end(invalidated))
    const settled = { ok: true as const, value, ...invalidated }
    return running.scope.messages.length === 0 && exchange.sessionChange === undefined
      ? settled
      : completed(engine, ending, settled)
  })
}

/** Sends what the function published, and carries out its sign-in or sign-out. */
async function completed(
  engine: Engine,
  { running, exchange }: Ending,
  settled: Settled,
): Promise<Settled> {
  await engine.live.sendMessages(running.scope)
  try {
    await applySessionChange(engine, exchange)
    return settled
  } catch (error) {
    const { targets, told, emitted, writes, deferred } = settled
    return { ok: false, error, targets, told, emitted, writes, deferred }
  }
}

async function fail(engine: Engine, ending: Ending, error: unknown): Promise<Settled> {
  const { running, intent, settle } = ending
  const { scope } = running
  const committed = scope.writes.size
  const invalidated = committed === 0 ? nothingInvalidated : await settle()
  // The end of a function is when its promise settles, not when the answer left: after a time-out its
  // writes still arrive, and still purge.
  engine.background(
    Promise.resolve(running.finished)
      .then(settle, () => (scope.writes.size > committed ? settle() : invalidated))
      .then(intent.end),
  )
  return { ok: false, error, ...invalidated }
}

/** Targets and purge of a run that has ended; most change nothing that anybody holds, and are done at once. */
export function invalidateAfter(
  engine: Engine,
  scope: RunScope,
  run: Omit<Run, 'values'>,
  args: Arguments,
): Soon<Invalidated> {
  const targets = targetsAfter(engine, { run, args, scope, writes: scope.writes })
  return targets.length + scope.writes.size + scope.outboxed.length === 0
    ? nothingInvalidated
    : carryOut(engine, { scope, targets, exchange: run.exchange })
}

async function carryOut(
  engine: Engine,
  {
    scope,
    targets,
    exchange,
  }: {
    readonly scope: RunScope
    readonly targets: readonly Target[]
    readonly exchange: Exchange
  },
): Promise<Invalidated> {
  const writes = [...scope.writes]
  const { deferred } = await engine.invalidations.carryOut({ targets, writes }, scope.outboxed)
  // After the purge: whoever is told now reads what is new.
  engine.live.feed.publish({ targets, writes, origin: exchange, call: callOf(exchange) })
  const told = withReaders(engine, targets, writes)
  return { targets, told, emitted: scope.emitted, writes, deferred }
}

/** What the client named the call, when it is a name. */
function callOf({ request }: Exchange): string | undefined {
  const name = request.header(headerNames.call)
  return name !== undefined && /^[\w-]{8,64}$/.test(name) ? name : undefined
}

/** What a run is known by when it ends. */
interface Ended {
  readonly run: Omit<Run, 'values'>
  readonly args: Arguments
  readonly scope: Pick<RunScope, 'emitted'>
  readonly writes: ReadonlySet<string>
}

function targetsAfter(engine: Engine, { run, args, scope, writes }: Ended): Target[] {
  const { emitted } = scope
  const { principal } = run.exchange
  const mutation = { entry: run.entry, wire: args.wire, emitted, writes, principal }
  return targetsOf(mutation, engine.registry.artifact)
}

/** What may come to be owed is written down first where no transaction does that. */
function intentOf(engine: Engine, run: Omit<Run, 'values'>, args: Arguments): Soon<Intent> {
  const { invalidations } = engine
  const commits = invalidations.hasOutbox && run.entry.facts.transaction !== false
  if (commits || !invalidations.hasIntents) return noIntent
  const scope = { emitted: [] }
  return invalidations.intend(targetsAfter(engine, { run, args, scope, writes: new Set() }))
}
