/** The facts of SQLite for `@mizan/db`, on `node:sqlite`. */

export { d1Local } from './d1-local.ts'
export { sqlite, type SqliteOptions } from './sqlite.ts'
