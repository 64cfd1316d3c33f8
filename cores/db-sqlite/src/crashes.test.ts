import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testCrashes } from '../../db/src/crashes.conformance.ts'
import { sqlite } from './index.ts'

testCrashes('sqlite', {
  runner: { module: new URL('./index.ts', import.meta.url).href, name: 'sqlite' },
  async open() {
    const folder = await mkdtemp(join(tmpdir(), 'mizan-crash-'))
    const url = join(folder, 'data.sqlite')
    return {
      url,
      dialect: sqlite({ url }),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
    }
  },
})
