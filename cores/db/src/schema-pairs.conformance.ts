/** Random schemas in pairs, with rows in them: what introspection and migrations must do with every one of them. */

import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { DialectPackage } from './dialect/dialect-package.ts'
import type { OpenScratch } from './migrate/scratch.ts'
import { snapshotPairs } from './schema-pairs/arbitrary.conformance.ts'
import { provePair, readBack } from './schema-pairs/prove-pair.conformance.ts'

/** Pairs of one run. */
const runs = process.env['MIZAN_NIGHTLY'] === '1' ? 1000 : 50
/** By day the same pairs each time, so that a run says something of the change before it; at night others. */
const settings = { endOnFailure: true, ...(runs > 50 ? {} : { seed: 20261121 }) }

/** Runs the properties on one database. */
export function testSchemaPairs(name: string, scratch: OpenScratch): void {
  describe(`${name} schemas:`, () => {
    let dialect: DialectPackage
    beforeAll(async () => {
      await using place = await scratch()
      dialect = place.dialect
    })

    test(
      'introspect(apply(ddl(s))) = s',
      async () => {
        await fc.assert(
          fc.asyncProperty(snapshotPairs(dialect), async ([snapshot]) => {
            await using place = await scratch()
            expect(await readBack(place.dialect, snapshot)).toEqual([])
          }),
          // Each proof below begins with the same law.
          { ...settings, numRuns: Math.ceil(runs / 5) },
        )
      },
      runs * 4000,
    )

    test(
      'up, down and up again give the expected snapshots, and untouched rows stay',
      async () => {
        await fc.assert(
          fc.asyncProperty(snapshotPairs(dialect), async ([source, target, renames]) => {
            const proof = await provePair({ source, target, renames, scratch })
            expect(proof.hash).toBe('second')
          }),
          { ...settings, numRuns: runs },
        )
      },
      runs * 8000,
    )
  })
}
