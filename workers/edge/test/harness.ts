/** workerd with the edge in it, before a node:http origin that each test programs. */

import { nodeServer, type NodeServerResource, workerd } from '@mizan/testing/resources'
import { build } from 'esbuild'
import { generateKeyPairSync, type KeyPairKeyObjectResult } from 'node:crypto'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import type { Manifest } from '@mizan/protocol'
import { manifest as testManifest } from './manifest.ts'

type Worker = Awaited<ReturnType<typeof workerd>>

/** A test's origin: a request listener that may take its time. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => unknown

/** The edge and its origin. */
export interface Harness extends AsyncDisposable {
  readonly url: string
  readonly originUrl: string
  /** For upgrades, which no request listener sees. */
  readonly originServer: Server
  readonly worker: Worker
  /** Answers from now on. */
  answer(handler: Handler): void
  /** Requests since {@link Harness.answer}. */
  readonly seen: readonly IncomingMessage[]
}

/** The host whose requests go to the second isolate, by `worker.dispatch`. */
export const elsewhere = 'elsewhere.example'

/** What pushes to the edge are signed with. */
export const pushSecret = 'a-push-secret-for-tests-of-32-bytes!!'

/** What tokens of reads are signed with, by kid `shared`. */
export const mwtSecret = 'a-token-secret-for-tests-of-32-bytes!'

/** The pair by kid `public`. */
export const mwtKeys: KeyPairKeyObjectResult = generateKeyPairSync('ec', { namedCurve: 'P-256' })

/** Bundles the Worker as one deploys it. */
export async function bundle(manifest: Manifest = testManifest, versionsAge = 0): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./edge.worker.ts', import.meta.url))],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2023',
    conditions: ['@mizan/source', 'workerd', 'worker'],
    define: { MANIFEST: JSON.stringify(manifest), VERSIONS_AGE: String(versionsAge) },
    legalComments: 'none',
  })
  return outputFiles[0]?.text ?? ''
}

/** Starts both. @param versionsAge how long versions may be relied on, in milliseconds */
export async function createHarness(
  manifest: Manifest = testManifest,
  versionsAge = 0,
): Promise<Harness> {
  let handler: Handler = () => undefined
  let seen: IncomingMessage[] = []
  const origin: NodeServerResource = await nodeServer((request, response) => {
    seen.push(request)
    handler(request, response)
  })
  const shared = {
    modules: true,
    script: await bundle(manifest, versionsAge),
    compatibilityDate: '2026-01-01',
    bindings: {
      ORIGIN: origin.url,
      PUSH_SECRET: pushSecret,
      MWT_SECRET: mwtSecret,
      MWT_JWK: JSON.stringify(mwtKeys.publicKey.export({ format: 'jwk' })),
    },
  } as const
  const versions = (className: string) => ({ className, scriptName: 'edge' })
  const worker = await workerd({
    workers: [
      {
        ...shared,
        name: 'edge',
        durableObjects: { TAG_VERSIONS: versions('TagVersions'), SMALL: versions('SmallVersions') },
      },
      // The same Worker in another isolate, as in another place of the world: with memory and cache of its own.
      {
        ...shared,
        name: 'elsewhere',
        routes: [`${elsewhere}/*`],
        durableObjects: { TAG_VERSIONS: versions('TagVersions') },
      },
    ],
  })
  return {
    url: worker.url,
    originUrl: origin.url,
    originServer: origin.server,
    worker,
    answer(next) {
      handler = next
      seen = []
    },
    get seen() {
      return seen
    },
    async [Symbol.asyncDispose]() {
      await worker[Symbol.asyncDispose]()
      await origin[Symbol.asyncDispose]()
    },
  }
}

/** What a Mizan server sends with an answer that may be kept. */
export function publicHeaders(
  tags: readonly string[],
  facts: { ttl?: number; artifact?: string } = {},
) {
  const list = tags.map(encodeURIComponent).join('+')
  const { ttl = 60, artifact = testManifest.artifact } = facts
  return {
    'content-type': 'application/json',
    'x-mizan-cache': `public; ttl=${ttl}; tags=${list}; artifact=${artifact}`,
  }
}
