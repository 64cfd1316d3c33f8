/** The facts of PostgreSQL for `@mizan/db`. */

export { postgres, type PostgresOptions } from './postgres.ts'
