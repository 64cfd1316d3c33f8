/** How long two hundred tables, each with a row, a read of two levels, an insert and an update, take to type-check. */

import { type Checked, openTypeChecker } from '../../cores/db/test/type-check.ts'
import { drizzleTypes, mizanTypes, type TypeScaleLibrary } from '../../cores/db/test/type-scale.ts'
import { report } from './measured.ts'

const tables = 200

await using checker = await openTypeChecker()
const own = await best(mizanTypes)
const drizzle = await best(drizzleTypes)

process.stdout.write(
  `  mizan: ${own.instantiations} instantiations, ${own.seconds} s of one processor; drizzle: ${drizzle.instantiations}, ${drizzle.seconds} s\n`,
)
report({ what: `type check of ${tables} tables`, value: own.seconds, unit: 's', goal: 3 })
report({
  what: 'of what Drizzle takes for the same',
  value: Math.round((own.seconds / drizzle.seconds) * 100) / 100,
  unit: 'times',
  goal: 0.6,
  atMost: 1,
})
report({ what: 'instantiations', value: own.instantiations, unit: 'types', goal: 508_000 })

/** The quicker of two runs: what else the machine does only adds. */
async function best(library: TypeScaleLibrary): Promise<Checked> {
  const modules = {
    'schema.ts': library.schema(tables),
    'uses.ts': library.uses(tables, ['rows', 'reads', 'writes']),
  }
  const first = await checker.check(modules)
  const second = await checker.check(modules)
  const found = first.seconds < second.seconds ? first : second
  if (found.errors.size > 0) throw new Error([...found.errors].slice(0, 5).join('\n'))
  return found
}
