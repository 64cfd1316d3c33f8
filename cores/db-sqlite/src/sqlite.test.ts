import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testDialect } from '../../db/src/dialect.conformance.ts'
import { testMigrations } from '../../db/src/migrate.conformance.ts'
import { testRelations } from '../../db/src/relational.conformance.ts'
import { sqlite } from './index.ts'

const inFile = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mizan-sqlite-'))
  return Promise.resolve({
    dialect: sqlite({ url: join(folder, 'data.sqlite') }),
    [Symbol.asyncDispose]: () => Promise.resolve(rmSync(folder, { recursive: true })),
  })
}

const inMemory = () =>
  Promise.resolve({
    dialect: sqlite({ url: ':memory:' }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  })

testDialect('sqlite in a file', inFile)
testDialect('sqlite in memory', inMemory)
testMigrations('sqlite', inFile)
testRelations('sqlite', inFile)
