/** A process that migrates a database, and kills itself after a chosen statement. */

import type { DialectPackage } from '../dialect/dialect-package.ts'
import { migrateDown, migrateLatest } from '../migrate.ts'
import { killedDialect } from './killed-dialect.conformance.ts'

const [module = '', name = '', url = '', migrations = '', direction, place] = process.argv.slice(2)
// cast: the caller names an export that makes a dialect
const exports = (await import(module)) as Record<
  string,
  (options: { readonly url: string }) => DialectPackage
>
const made = exports[name]?.({ url })
if (made === undefined) throw new TypeError(`${module} has no ${name}`)
const die = (): never => {
  process.kill(process.pid, 'SIGKILL')
  throw new Error('a process that is killed does not get here')
}
const dialect = Number(place) === 0 ? made : killedDialect(made, Number(place), die)
const done =
  direction === 'up'
    ? (await migrateLatest({ migrations, dialect })).applied
    : [(await migrateDown({ migrations, dialect })).reverted]
process.stdout.write(JSON.stringify(done))
