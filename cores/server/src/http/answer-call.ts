/** Runs a call that was prepared, and answers it. */

import {
  canonicalJson,
  headerNames,
  MizanError,
  type ProtocolResponse,
  type Target,
} from '@mizan/protocol'
import type { Arguments } from '../dispatch/arguments.ts'
import type { Engine } from '../dispatch/engine.ts'
import { type Merged, mergedInto } from '../dispatch/merge.ts'
import { runMutation, type Settled } from '../dispatch/run-mutation.ts'
import { runStream } from '../dispatch/run-stream.ts'
import type { AnsweredCall } from '../idempotency/idempotency.ts'
import type { Entry } from '../registry.ts'
import { andThen, type Soon } from '../soon.ts'
import type { FileSpool } from './file-spool.ts'
import type { Incoming } from './handler.ts'
import { readMounted } from './read-mounted.ts'
import { refresh } from './refresh.ts'
import { type Header, invalidateJson, respondJson } from './respond.ts'
import { respondSettled } from './respond-settled.ts'
import { respondStream } from './respond-stream.ts'

/** A function and its checked arguments. */
export interface Prepared {
  readonly entry: Entry
  readonly args: Arguments
  /** Holds the files among them. */
  readonly spool?: FileSpool
}

/** The answer in JSON, or in lines of it. With an `Idempotency-Key` it may be that of an earlier call. */
export function answerCall(
  engine: Engine,
  incoming: Incoming,
  prepared: Prepared,
): Soon<ProtocolResponse> {
  if (incoming.request.headers['idempotency-key'] === undefined)
    return andThen(runCall(engine, incoming, prepared), ({ response }) => response)
  if (prepared.entry.facts.stream) {
    throw new MizanError('BAD_REQUEST', 'a streamed answer is not kept: leave Idempotency-Key out')
  }
  return engine.idempotency.once(incoming, prepared, async () =>
    runCall(engine, incoming, prepared),
  )
}

function runCall(
  engine: Engine,
  incoming: Incoming,
  { entry, args, spool }: Prepared,
): Soon<AnsweredCall> {
  const { request, exchange } = incoming
  const run = {
    entry,
    exchange,
    kind: 'call' as const,
    client: request,
    release: spool?.handOver(),
  }
  if (entry.facts.stream)
    return respondStream(engine, entry, runStream(engine, run, args)).then((response) => ({
      response,
    }))
  return andThen(runMutation(engine, run, args), (settled) =>
    andThen(
      request.headers[headerNames.mounted] === undefined
        ? undefined
        : bringAlong(engine, incoming, { entry, args, settled }),
      (brought) => toAnswer(engine, incoming, { entry, settled, brought }),
    ),
  )
}

function toAnswer(
  engine: Engine,
  { request }: Incoming,
  { entry, settled, brought }: Answering,
): AnsweredCall {
  const respond = (along: Brought | undefined): ProtocolResponse =>
    respondSettled(engine, settled, (value, headers) => {
      const result = JSON.stringify(entry.result.encode(value)) ?? 'null'
      return along === undefined
        ? respondResult(result, settled.told, headers)
        : respondBrought(result, { ...along, targets: settled.told, headers })
    })
  const response = respond(brought)
  if (brought === undefined || request.headers['idempotency-key'] === undefined) return { response }
  // A stored answer is given again much later: by then what came along is out of date.
  return { response, kept: respond(undefined) }
}

interface Answering {
  readonly entry: Entry
  readonly settled: Settled
  readonly brought: Brought | undefined
}

function respondResult(
  result: string,
  targets: readonly Target[],
  headers: readonly Header[],
): ProtocolResponse {
  const invalidate = targets.length === 0 ? '' : `"invalidate":${invalidateJson(targets)},`
  return respondJson(200, `{${invalidate}"result":${result}}`, headers)
}

/** What a client gets in the same answer because it said what it shows. */
interface Brought {
  readonly merged: Merged | undefined
  readonly refreshed: readonly string[]
}

async function bringAlong(
  engine: Engine,
  incoming: Incoming,
  { entry, args, settled }: Prepared & { readonly settled: Settled },
): Promise<Brought | undefined> {
  const { exchange, request } = incoming
  // Who asks from now on is somebody else: what was read for the caller of before is not theirs.
  if (!settled.ok || exchange.sessionCookie !== undefined) return undefined
  const mounted = readMounted(request)
  if (mounted.length === 0) return undefined
  const { emitted, writes } = settled
  const mutation = {
    entry,
    wire: args.wire,
    emitted,
    writes: new Set(writes),
    principal: exchange.principal,
  }
  const merged = mergedInto(mutation, mounted, engine.registry.artifact)
  const others = merged === undefined ? mounted : mounted.filter((one) => !merged.holds(one))
  const refreshed = await refresh(engine, incoming, { mounted: others, invalidated: settled })
  return { merged, refreshed }
}

function respondBrought(
  result: string,
  {
    merged,
    refreshed,
    targets,
    headers,
  }: Brought & { targets: readonly Target[]; headers: readonly Header[] },
): ProtocolResponse {
  const replaced = merged === undefined ? '' : canonicalJson(merged.instead)
  const left = targets.filter((target) => canonicalJson(target) !== replaced)
  const parts = [
    ...(left.length === 0 ? [] : [`"invalidate":${invalidateJson(left)}`]),
    ...(merged === undefined ? [] : [`"merge":[${mergeJson(merged.slot, result)}]`]),
    ...(refreshed.length === 0 ? [] : [`"refreshed":[${refreshed.join(',')}]`]),
    `"result":${result}`,
  ]
  return respondJson(200, `{${parts.join(',')}}`, headers)
}

function mergeJson({ context, function: member, params }: Target, data: string): string {
  const given = params === undefined ? '' : `,"params":${canonicalJson(params)}`
  return `{"context":${JSON.stringify(context)},"data":${data},"function":${JSON.stringify(member)}${given}}`
}
