/** Takes the invalidations that the origin pushes: those of sockets, webhooks and jobs never pass the edge. */

import {
  fromTargetBody,
  pushSignatureHeader,
  type Target,
  type TargetBody,
  verifyPush,
} from '@mizan/protocol'
import { readBounded } from './bounded-body.ts'
import type { PurgeOutcome } from './purger.ts'
import { isDataTag } from './tags.ts'

/** What a push makes stale; `undefined` where it cannot be said what. */
export interface Pushed {
  readonly targets: readonly Target[]
  readonly changed: readonly string[]
}

/** What is needed to believe a push, and to act on it. */
export interface PushReceiverOptions {
  readonly secret: string
  /** Milliseconds since 1970. */
  readonly now: number
  /** `undefined` stands for everything. */
  readonly purge: (pushed: Pushed | undefined) => Promise<PurgeOutcome>
}

const maximumBytes = 1_048_576

/** `204` once nothing that it names is served any more, `503` when it is to be pushed again. */
export async function receivePush(
  request: Request,
  options: PushReceiverOptions,
): Promise<Response> {
  if (request.method !== 'POST') return answer(405)
  const bytes = await readBounded(request.body, maximumBytes)
  if (!(bytes instanceof Uint8Array)) {
    await bytes.cancel()
    return answer(413)
  }
  const body = new TextDecoder().decode(bytes)
  const header = request.headers.get(pushSignatureHeader)
  const verdict = await verifyPush(options.secret, { header, body, now: options.now })
  if (verdict !== 'ok') return answer(401)
  return answer((await options.purge(parsePush(body))) === 'owed' ? 503 : 204)
}

function parsePush(body: string): Pushed | undefined {
  try {
    const { invalidate, changed } = JSON.parse(body) as Record<string, unknown> // cast: checked below
    if (!Array.isArray(invalidate) || !Array.isArray(changed)) return undefined
    const targets = (invalidate as TargetBody[]).map(fromTargetBody) // cast: it takes anything
    if (!changed.every((tag) => typeof tag === 'string' && isDataTag(tag))) return undefined
    if (targets.includes(undefined)) return undefined
    return { targets: targets.filter((target) => target !== undefined), changed }
  } catch {
    return undefined
  }
}

function answer(status: number): Response {
  return new Response(null, { status, headers: { 'cache-control': 'no-store' } })
}
