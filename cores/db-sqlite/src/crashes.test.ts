import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testCrashes } from '../../db/src/crashes.conformance.ts'
import { sqlite } from './index.ts'

testCrashes('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'mizan-crash-'))
  return {
    dialect: sqlite({ url: join(folder, 'data.sqlite') }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  }
})
