/** `npm run seed`: fills the database at `DATABASE_URL` when it is empty. */

import { createDbClient } from '@mizan/db'
import { postgres } from '@mizan/db-postgres'
import * as schema from './schema.ts'
import { seed } from './seed.ts'

const url = process.env['DATABASE_URL']
if (!url) {
  console.error('Set DATABASE_URL to the database to fill; `npm run dev` fills its own')
  process.exit(1)
}
await using database = createDbClient({ schema, dialect: postgres({ url }) })
const rows = await seed(database)
console.log(rows === undefined ? 'there are people already; nothing was written' : rows)
