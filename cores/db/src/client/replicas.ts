/** Which reads go to a copy of the database, and to which. */

import { type RootOperationNode, SelectQueryNode } from 'kysely'
import type { Analysis } from '../query/analysis.ts'
import { everything, tableTag } from '../query/tags.ts'
import type { HiddenEffects } from '../schema/hidden-effects.ts'
import { hiddenReadTags } from './hidden-tags.ts'
import type { Marks } from './marks.ts'
import type { Replica } from './replica.ts'

/** What the choice depends on. */
export interface ReplicasOptions<R extends Replica> {
  readonly replicas: readonly R[]
  readonly marks: Marks
  readonly hidden: HiddenEffects
}

/** The copies of one database. */
export class Replicas<R extends Replica> {
  readonly #options: ReplicasOptions<R>
  #turn = 0

  constructor(options: ReplicasOptions<R>) {
    this.#options = options
  }

  /** The copy that may run a statement outside of transactions; undefined: the primary runs it. */
  choose(node: RootOperationNode, analysis: Analysis | undefined): R | undefined {
    if (!isPlainRead(node, analysis)) return undefined
    const { replicas, marks, hidden } = this.#options
    const needed = marks.of(tablesOf(analysis, hidden))
    // All are asked, so that the next read finds more of them.
    const fit = replicas.filter(
      (one) => one.isUp && needed.map((mark) => one.has(mark)).every(Boolean),
    )
    if (needed.length > 0 && fit.length === replicas.length)
      marks.drop((mark) => replicas.every((one) => one.has(mark)))
    this.#turn += 1
    return fit[this.#turn % fit.length]
  }
}

/** It changes nothing, locks nothing, and what it reads is known. */
function isPlainRead(
  node: RootOperationNode,
  analysis: Analysis | undefined,
): analysis is Analysis {
  if (analysis === undefined || analysis.opaque !== 'no' || analysis.writes.length > 0) return false
  return SelectQueryNode.is(node) && node.endModifiers === undefined
}

function tablesOf({ reads }: Analysis, hidden: HiddenEffects): ReadonlySet<string> {
  // Without a table it may be a function that reads any.
  const tables = new Set(reads.length === 0 ? [everything] : [])
  for (const { table } of reads) {
    tables.add(tableTag(table))
    if (!hidden.isEmpty) for (const tag of hiddenReadTags(table, hidden)) tables.add(tag)
  }
  return tables
}
