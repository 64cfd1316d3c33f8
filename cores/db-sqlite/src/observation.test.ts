import { testObservation } from '../../db/src/observation.conformance.ts'
import { sqlite } from './index.ts'

const runs = process.env['MIZAN_NIGHTLY'] === '1' ? 10_000 : 200

testObservation(
  'sqlite',
  () =>
    Promise.resolve({
      dialect: sqlite({ url: ':memory:' }),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
  runs,
)
