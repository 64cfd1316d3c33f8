/** A process that migrates a database, and may be killed while it does. */

import { migrateLatest } from '@mizan/db/migrate'
import { postgres } from './index.ts'

const [url = '', migrations = ''] = process.argv.slice(2)
const { applied } = await migrateLatest({
  dialect: postgres({ url }),
  migrations,
  // What is killed here was written by hand, to wait where it is killed.
  requireProof: false,
})
process.stdout.write(`${JSON.stringify(applied)}\n`)
