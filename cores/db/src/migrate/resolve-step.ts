/** Says what became of a step that was interrupted, where the database cannot. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { MigrationError } from '../migration-errors.ts'
import { deleteRows, readRows, setState } from './bookkeeping.ts'
import { withLock } from './with-lock.ts'

/** Which step, and what a person found. */
export interface ResolveOptions {
  readonly dialect: DialectPackage
  readonly id: string
  readonly step: number
  /** Whether the step's statement happened. */
  readonly as: 'done' | 'undone'
}

/** Records that an interrupted step is done, or forgets it so that it runs again. */
export async function resolveStep({ dialect, id, step, as }: ResolveOptions): Promise<void> {
  await withLock(dialect, async ({ run }) => {
    const row = (await readRows(run, dialect)).find((one) => one.id === id && one.step === step)
    if (row === undefined || row.state === 'done') {
      throw new MigrationError(
        'migration_name',
        `step ${step} of ${id} is not one that was interrupted`,
      )
    }
    if (as === 'done' && -row.step === row.steps) await deleteRows(run, dialect, id)
    else if (as === 'done') await setState(run, dialect, { id, step, state: 'done' })
    else await deleteRows(run, dialect, id, step)
  })
}
