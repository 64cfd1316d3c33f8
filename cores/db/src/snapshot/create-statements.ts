/** A snapshot as the statements that make it. */

import type { DdlFacts } from './ddl-facts.ts'
import { emitChange } from './ddl/emit-change.ts'
import { planChanges } from './plan-changes.ts'
import { emptySnapshot, type SchemaSnapshot } from './snapshot.ts'

/** The statements that make the tables of `snapshot` in an empty database. */
export function createStatements(snapshot: SchemaSnapshot, facts: DdlFacts): readonly string[] {
  return planChanges(emptySnapshot, snapshot, facts).flatMap((change) => emitChange(change, facts))
}
