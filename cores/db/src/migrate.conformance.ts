/** What migrations must do on every dialect; each runs this on a real database. */

import { afterEach, beforeEach, describe } from 'vitest'
import type { ConformanceDatabase } from './dialect.conformance.ts'
import { testBatches } from './migrate-conformance/batches.conformance.ts'
import { testByHand } from './migrate-conformance/by-hand.conformance.ts'
import { testFiles } from './migrate-conformance/files.conformance.ts'
import { type MigrationPlace, openPlace } from './migrate-conformance/place.conformance.ts'
import { testRows } from './migrate-conformance/rows.conformance.ts'
import { testUpAndDown } from './migrate-conformance/up-and-down.conformance.ts'

/** Runs the suite. */
export function testMigrations(name: string, open: () => Promise<ConformanceDatabase>): void {
  describe(`${name} migrations:`, () => {
    let opened: MigrationPlace
    const place = (): MigrationPlace => opened

    beforeEach(async () => {
      opened = await openPlace(await open())
    })

    afterEach(async () => {
      await opened[Symbol.asyncDispose]()
    })

    testUpAndDown(place)
    testBatches(place)
    testFiles(place)
    testRows(place)
    testByHand(place)
  })
}
