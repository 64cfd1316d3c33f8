import { mariadb, type MariadbResource } from '@mizan/testing/resources'
import { scratchBeside } from '@mizan/db/migrate'
import { afterAll } from 'vitest'
import { testSchemaPairs } from '../../db/src/schema-pairs.conformance.ts'
import { mysql } from './index.ts'

let shared: Promise<MariadbResource> | undefined

afterAll(async () => {
  await (await shared)?.[Symbol.asyncDispose]()
})

testSchemaPairs('mariadb', async () => {
  shared ??= mariadb()
  return scratchBeside(mysql({ url: (await shared).url }))()
})
