/** `app.call`: the whole dispatch, from code. */

import type { Fn } from '../client-options.ts'
import type { Principal } from '../identity/index.ts'
import { createRequestView } from '../request-view.ts'
import { createResponseEditor } from '../response-editor.ts'
import type { Exchange } from '../scope.ts'
import { fromValues } from './arguments.ts'
import type { Engine } from './engine.ts'
import { guard } from './guard.ts'
import { runMutation } from './run-mutation.ts'
import { runFunction } from './run-function.ts'
import { runStream, type Streaming } from './run-stream.ts'

/** What to call, and as whom. */
export interface Task {
  readonly fn: Fn
  readonly args: readonly unknown[]
  readonly as: Principal | undefined
}

/**
 * Runs a marked function with guard, validation, transaction and invalidation.
 *
 * @throws TypeError for a function that is not the app's; otherwise what the function throws
 */
export async function callFunction(engine: Engine, task: Task): Promise<unknown> {
  const entry = engine.registry.byFunction.get(task.fn)
  if (entry === undefined)
    throw new TypeError(`app.call: ${task.fn.name || 'the function'} is not a function of this app`)
  const exchange = createTaskExchange(engine, task.as)
  await guard(entry, task.as, exchange.request)
  const args = await fromValues(entry, task.args)
  const run = { entry, exchange, kind: 'task' as const, client: new AbortController() }
  if (entry.facts.stream) return itemsOf(runStream(engine, run, args))
  if (!entry.mutates) return runFunction(engine, { ...run, values: args.values }).value
  const settled = await runMutation(engine, run, args)
  if (!settled.ok) throw settled.error
  return settled.value
}

/** What the generator itself would give, run inside the scope of the call. */
async function* itemsOf(stream: Streaming): AsyncGenerator<unknown, void> {
  try {
    for (;;) {
      const next = await stream.next()
      if (next.done === true) return
      yield next.value
    }
  } finally {
    stream.leave()
    // Whoever saw the end of the loop sees what it invalidated.
    await stream.invalidated
  }
}

function createTaskExchange(engine: Engine, principal: Principal | undefined): Exchange {
  const signal = new AbortController().signal
  const request = { method: 'POST', path: '', query: '', headers: {}, body: null, signal }
  return {
    principal,
    identified: { principal, sessionId: undefined, viaHeader: false, setCookies: [] },
    request: createRequestView(request, { bodyLimit: engine.limits.body }),
    response: createResponseEditor(),
    container: engine.container,
    sessionChange: undefined,
    sessionCookie: undefined,
  }
}
