import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { scratchBeside } from '@mizan/db/migrate'
import { afterAll } from 'vitest'
import { testCrashes } from '../../db/src/crashes.conformance.ts'
import { mysql } from './index.ts'

let shared: Promise<MariadbResource> | undefined

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

testCrashes('mariadb', async () => {
  shared ??= mariadb()
  return scratchBeside(mysql({ url: (await shared).url }))()
})
