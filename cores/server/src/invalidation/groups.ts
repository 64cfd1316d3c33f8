/** Groups of RFC 9875: what an answer depends on, and what a mutation ends, as 32 hex digits each. */

import { maximumHeaderBytes, type Target } from '@mizan/protocol'
import { tagsOfTargets } from '../cache/index.ts'
import type { TagDigests } from '../dispatch/tag-digests.ts'
import type { Stale } from './stale-set.ts'

/** `"…", "…"`: a list of strings as RFC 9651 writes it. */
export function formatGroups(groups: readonly string[]): string {
  return groups.map((group) => `"${group}"`).join(', ')
}

/** Groups of an answer: those of its instance, then those of the data that it was read from, or of whole tables when they are more than `most`. */
export function groupsOfAnswer(
  digests: TagDigests,
  answer: { readonly tags: readonly string[]; readonly dataTags: readonly string[] },
  most: number,
): string[] {
  const contexts = digests.ofContexts(answer.tags)
  return [...contexts, ...digests.ofReads(answer.dataTags, most - contexts.length)]
}

/** Groups that a mutation ends; broad ones when the list would be too long for a header. */
export function groupsOfStale(digests: TagDigests, { targets, writes }: Stale): string[] {
  const exact = [...digests.ofContexts(tagsOfTargets(targets)), ...digests.ofWrites(writes)]
  if (formatGroups(exact).length <= maximumHeaderBytes) return exact
  return [...digests.ofContexts(tagsOfTargets(targets.map(toBroad))), ...digests.ofWrites(writes)]
}

function toBroad({ context }: Target): Target {
  return { context }
}
