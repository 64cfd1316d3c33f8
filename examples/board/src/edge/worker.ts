/** The board at the edge: what everybody may see comes from this Worker's cache for everybody, what one person sees for that person. */

import {
  createEdge,
  type DurableObjectNamespaceLike,
  type Edge,
  type EdgeTokens,
} from '@mizan/edge'
import type { Manifest } from '@mizan/protocol'
import manifest from '../../mizan/manifest.gen.json' with { type: 'json' }

export { TagVersions } from '@mizan/edge'

/** What the Worker is deployed with. */
export interface Environment {
  /** The Express server: `https://board.example.com`. */
  readonly ORIGIN: string
  /** What the server signs its pushes with; it has the same as EDGE_SECRET. */
  readonly PUSH_SECRET: string
  /** Public halves of the keys that sign tokens of reads, as `npm run edge:keys` prints them; without it private answers are not kept. */
  readonly MWT_KEYS?: string
  /** The Durable Object `TagVersions`. */
  readonly TAG_VERSIONS: DurableObjectNamespaceLike
}

const edge: Edge<Environment> = createEdge<Environment>({
  // cast: `mizan manifest` wrote it; JSON modules have wider types
  manifest: manifest as Manifest,
  origin: (environment) => environment.ORIGIN,
  versions: (environment) => environment.TAG_VERSIONS,
  pushSecret: (environment) => environment.PUSH_SECRET,
  tokens: ({ MWT_KEYS: keys }) => {
    // cast: a JSON Web Key Set, looked at key by key
    return keys === undefined ? undefined : { keys: JSON.parse(keys) as EdgeTokens['keys'] }
  },
})

// oxlint-disable-next-line import/no-default-export -- Workers are default exports
export default edge
