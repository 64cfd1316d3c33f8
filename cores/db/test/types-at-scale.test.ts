import { expect, test } from 'vitest'
import { openTypeChecker } from './type-check.ts'
import { mizanTypes } from './type-scale.ts'

/**
 * Instantiations that two hundred tables take, each used once: 505 000, with a tenth of slack. They depend on the compiler's version
 * alone, not on the machine; what grows with the square of the tables is far beyond.
 */
const most = 555_000

test(
  'two hundred tables with rows, nested reads, selects and writes stay cheap for the checker',
  { timeout: 300_000 },
  async () => {
    await using checker = await openTypeChecker()
    const { errors, instantiations } = await checker.check({
      'schema.ts': mizanTypes.schema(200),
      'uses.ts': mizanTypes.uses(200, ['rows', 'reads', 'selects', 'writes']),
    })
    expect([...errors]).toEqual([])
    expect(instantiations).toBeLessThan(most)
    expect(instantiations).toBeGreaterThan(most / 2)
  },
)
