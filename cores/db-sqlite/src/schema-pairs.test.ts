import { scratchInMemory } from '@mizan/db/migrate'
import { testSchemaPairs } from '../../db/src/schema-pairs.conformance.ts'
import { sqlite } from './index.ts'

const scratch = scratchInMemory(sqlite({ url: ':memory:' }))
if (scratch === undefined) throw new TypeError('SQLite lives in memory too')
testSchemaPairs('sqlite', scratch)
