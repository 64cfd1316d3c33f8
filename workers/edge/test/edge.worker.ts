/** The Worker of the tests: the edge as one deploys it, and versions that can be made unreachable. */

import {
  createEdge,
  type DurableObjectNamespaceLike,
  type DurableObjectStateLike,
  TagVersions as Versions,
} from '@mizan/edge'
import type { Manifest } from '@mizan/protocol'
import type { JWK } from 'jose'

/** Put in place by the bundler. */
declare const MANIFEST: Manifest
declare const VERSIONS_AGE: number

interface Env {
  readonly ORIGIN: string
  readonly PUSH_SECRET: string
  readonly MWT_SECRET: string
  readonly MWT_JWK: string
  readonly TAG_VERSIONS: DurableObjectNamespaceLike
}

/** What befalls the versions: they cannot be had, or are forgotten. */
let outage: string | null = null
/** Milliseconds by which it is later than it is. */
let skew = 0

export class TagVersions extends Versions {
  override fetch(request: Request): Promise<Response> {
    if (outage === 'begin') return Promise.reject(new Error('outage'))
    if (outage === 'blank') return Promise.resolve(Response.json({ versions: {} }))
    return super.fetch(request)
  }
}

/** Forgets at once, and holds little. */
export class SmallVersions extends Versions {
  constructor(state: DurableObjectStateLike, env: unknown) {
    super(state, env, { retention: 0, maximumTags: 4 })
  }
}

const edge = createEdge<Env>({
  manifest: MANIFEST,
  origin: (env) => env.ORIGIN,
  versions: (env) => env.TAG_VERSIONS,
  pushSecret: (env) => env.PUSH_SECRET,
  tokens: (env) => ({
    keys: [
      { kid: 'shared', secret: env.MWT_SECRET },
      // cast: the test's own key
      { kid: 'public', algorithm: 'ES256', publicKey: JSON.parse(env.MWT_JWK) as JWK },
    ],
  }),
  versionsAge: VERSIONS_AGE,
  maximumBytes: 10_000,
  staleFor: 30,
  staleIfError: 60,
  clock: () => Date.now() + skew,
})

// oxlint-disable-next-line import/no-default-export -- a Worker is one
export default {
  fetch(request: Request, env: Env, execution: { waitUntil(promise: Promise<unknown>): void }) {
    outage = request.headers.get('test-outage') ?? outage
    skew = Number(request.headers.get('test-skew') ?? skew)
    return edge.fetch(request, env, execution)
  },
}
