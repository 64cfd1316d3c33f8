/** The facts of MySQL and MariaDB for `@mizan/db`. */

export { mysql, type MysqlOptions } from './mysql.ts'
