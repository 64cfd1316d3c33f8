/** What every dialect package must do; each runs this on a real database. */

import { afterAll, describe } from 'vitest'
import { type ConformanceDatabase, openBench } from './dialect-conformance/bench.conformance.ts'
import { testErrors } from './dialect-conformance/errors.conformance.ts'
import { testInjection } from './dialect-conformance/injection.conformance.ts'
import { testObservation } from './dialect-conformance/observation.conformance.ts'
import { testQueries } from './dialect-conformance/queries.conformance.ts'
import { testKnownWrites } from './dialect-conformance/known-writes.conformance.ts'
import { testReturning } from './dialect-conformance/returning.conformance.ts'
import { testRuns } from './dialect-conformance/runs.conformance.ts'
import { testTransactions } from './dialect-conformance/transactions.conformance.ts'
import { testValues } from './dialect-conformance/values.conformance.ts'

export { type ConformanceDatabase, signal } from './dialect-conformance/bench.conformance.ts'

/** Runs the suite; awaited, because the database is open before the first test is named. */
export async function testDialect(
  name: string,
  open: () => Promise<ConformanceDatabase>,
): Promise<void> {
  const bench = await openBench(open)
  describe(`${name}:`, () => {
    afterAll(() => bench[Symbol.asyncDispose]())
    testValues(bench)
    testQueries(bench)
    testInjection(bench)
    testErrors(bench)
    testTransactions(bench)
    testRuns(bench)
    testObservation(bench)
    testReturning(bench)
    testKnownWrites(bench)
  })
}
