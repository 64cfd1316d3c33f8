/** The facts of SQLite for `@mizan/db`, on `node:sqlite`. */

export { sqlite, type SqliteOptions } from './sqlite.ts'
