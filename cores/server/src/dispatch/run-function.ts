/** Runs one function in a scope of its own, inside the layers of plugins and of the function. */

import { intercept, type Layer, MizanError } from '@mizan/protocol'
import type { Entry } from '../registry.ts'
import {
  type Exchange,
  type Leaving,
  type RunFacts,
  type RunKind,
  RunScope,
  runInScope,
  type Scope,
} from '../scope.ts'
import { type Soon, soon } from '../soon.ts'
import type { Engine } from './engine.ts'
import { encodeErrorDetails } from './error-details.ts'

/** One run to be made. */
export interface Run {
  readonly entry: Entry
  readonly values: readonly unknown[]
  readonly exchange: Exchange
  readonly kind: RunKind
  /** `false` makes it a read: a GET, whatever the function may do by POST. @default what the function declares */
  readonly mutates?: boolean
  readonly client: Leaving
  /** Called when the function has ended, whatever its time limit: what it was given may go. */
  readonly release?: (() => void) | undefined
  readonly targetsOf?: RunFacts['targetsOf']
}

/** A run under way: its scope, which fills while it runs, and its result. */
export interface Running {
  readonly scope: RunScope
  /** There when the function and its layers have ended, whatever its time limit. What they throw is a rejection. */
  readonly finished: Soon<unknown>
  /** The same, or `TIMEOUT` when the limit comes first. */
  readonly value: Soon<unknown>
}

/** Starts a run. */
export function runFunction(engine: Engine, run: Run): Running {
  const { entry, exchange, mutates = entry.mutates } = run
  const limit = entry.facts.timeout
  const timer = limit === undefined ? undefined : new AbortController()
  const scope = new RunScope(exchange, {
    kind: run.kind,
    functionName: entry.name,
    mutates,
    transactionAllowed: mutates && entry.facts.transaction !== false,
    client:
      timer === undefined
        ? run.client
        : { signal: AbortSignal.any([run.client.signal, timer.signal]) },
    targetsOf: run.targetsOf,
  })
  const invoke = (): Soon<unknown> => soon(() => engine.invoke(entry, run.values))
  const finished = runInScope(scope, () => insideLayers(engine, scope, entry, invoke))
  if (run.release !== undefined) Promise.resolve(finished).then(run.release, run.release)
  const value =
    limit !== undefined && timer !== undefined && finished instanceof Promise
      ? limited(finished, limit, timer, entry.name)
      : finished
  // Code that called gets the error as it was thrown; clients get its data in wire form.
  const told = run.kind === 'task' || entry.errors.size === 0 || !(value instanceof Promise)
  return { scope, finished, value: told ? value : withWireErrors(entry, value) }
}

/** Runs `run` inside the layers of plugins, and those of the function; most functions have neither. */
export function insideLayers<T>(
  engine: Engine,
  scope: RunScope,
  entry: Entry,
  run: () => T,
): T | Promise<unknown> {
  const { use } = entry.options
  return engine.layers.length === 0 && use === undefined
    ? run()
    : throughLayers([...engine.layers, ...(use ?? [])], scope, async () => await run())
}

/** Async, so that a layer that throws before its first promise fails as one that throws after it. */
async function throughLayers(
  layers: readonly Layer<Scope, unknown>[],
  scope: RunScope,
  run: () => Promise<unknown>,
): Promise<unknown> {
  return intercept(layers, scope, run)
}

async function withWireErrors(entry: Entry, value: Promise<unknown>): Promise<unknown> {
  try {
    return await value
  } catch (error) {
    throw encodeErrorDetails(entry, error)
  }
}

async function limited(
  finished: Promise<unknown>,
  limit: number,
  timer: AbortController,
  name: string,
): Promise<unknown> {
  let handle: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<never>((_, reject) => {
    handle = setTimeout(() => {
      const error = new MizanError('TIMEOUT', `${name}: took longer than ${limit} ms`)
      timer.abort(error)
      reject(error)
    }, limit)
  })
  try {
    return await Promise.race([finished, over])
  } finally {
    clearTimeout(handle)
    // The late result is the caller's to wait for (`finished`); its rejection must not be unhandled.
    finished.catch(() => undefined)
  }
}
