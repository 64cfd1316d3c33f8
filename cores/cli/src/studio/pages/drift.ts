/** The live database against what it has applied. */

import { describeDifference } from '@mizan/db'
import { findDrift } from '@mizan/db/migrate'
import { markup } from '../html.ts'
import { tableOf } from '../layout.ts'
import type { StudioPage } from '../place.ts'

export const driftPage: StudioPage = async ({ dialect, migrations }) => {
  const found = await findDrift({ migrations, dialect })
  return {
    title: 'Drift',
    body:
      found.length === 0
        ? markup`<p class="good">The database has what was applied.</p>`
        : markup`${tableOf(
            `${found.length} differences`,
            ['what', 'in words'],
            found.map((one) => [one.path, describeDifference(one)]),
          )}
            <p>
              <code>mizan db reconcile --adopt</code> makes a migration of it,
              <code>--revert</code> takes it back.
            </p>`,
  }
}
