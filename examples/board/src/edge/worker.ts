/** The board at the edge: public projects and their pages come from this Worker's cache, everything else from the server. */

import { createEdge, type DurableObjectNamespaceLike, type Edge } from '@mizan/edge'
import type { Manifest } from '@mizan/protocol'
import manifest from '../../mizan/manifest.gen.json' with { type: 'json' }

export { TagVersions } from '@mizan/edge'

/** What the Worker is deployed with. */
export interface Environment {
  /** The Express server: `https://board.example.com`. */
  readonly ORIGIN: string
  /** What the server signs its pushes with; it has the same as EDGE_SECRET. */
  readonly PUSH_SECRET: string
  /** The Durable Object `TagVersions`. */
  readonly TAG_VERSIONS: DurableObjectNamespaceLike
}

const edge: Edge<Environment> = createEdge<Environment>({
  // cast: `mizan manifest` wrote it; JSON modules have wider types
  manifest: manifest as Manifest,
  origin: (environment) => environment.ORIGIN,
  versions: (environment) => environment.TAG_VERSIONS,
  pushSecret: (environment) => environment.PUSH_SECRET,
})

// oxlint-disable-next-line import/no-default-export -- Workers are default exports
export default edge
