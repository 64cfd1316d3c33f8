import { testFreshness } from '../src/freshness.conformance.ts'
import { dialects } from './dialects.ts'

const isNightly = process.env['MIZAN_NIGHTLY'] === '1'

for (const [name, open] of dialects) {
  const runs = name === 'sqlite' ? { nightly: 3000, always: 60 } : { nightly: 500, always: 12 }
  testFreshness(name, open, isNightly ? runs.nightly : runs.always)
}
