/** What plugins may do with the app that they are part of. */

import type { Artifact } from '@mizan/protocol'
import { everyContext } from '../dispatch/targets.ts'
import type { Feed } from '../live/feed.ts'
import type { Logger } from '../logger.ts'
import type { PluginHost } from '../plugin.ts'
import { everythingTag } from '../dispatch/data-tag.ts'
import { type Invalidations, toTags } from './invalidations.ts'
import type { Stale } from './stale-set.ts'

/** What a host is made of. */
export interface PluginHostParts {
  readonly artifact: Artifact
  readonly base: string
  readonly logger: Logger
  readonly invalidations: Invalidations
  readonly feed: Feed
  readonly handle: PluginHost['handle']
}

export function createPluginHost(parts: PluginHostParts): PluginHost {
  const { artifact, base, logger, invalidations, feed, handle } = parts
  const staleBy = (writes: readonly string[]): Stale => ({
    targets: writes.includes(everythingTag) ? everyContext(artifact) : [],
    writes,
  })
  return {
    artifact,
    base,
    logger,
    handle,
    purgeOf: (writes) => toTags(staleBy(writes)),
    async changed(writes, left) {
      const stale = staleBy(writes)
      await invalidations.carryOut(stale, left === undefined ? [] : [left])
      // After the purge: whoever is told now reads what is new.
      feed.publish(stale)
    },
  }
}
