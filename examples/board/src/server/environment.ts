/** The board's settings, from environment variables. */

import { randomBytes } from 'node:crypto'
import type { BoardOptions } from './create-server.ts'

/** Where the server listens, and with what. */
export interface BoardEnvironment extends Omit<BoardOptions, 'databaseUrl'> {
  /** Without it a server of its own is started; never in production. */
  readonly databaseUrl: string | undefined
  readonly port: number
  readonly isProduction: boolean
}

/**
 * Reads `PORT` (`API_PORT` in development), `DATABASE_URL`, `SESSION_SECRET`, `CACHE_SECRET`, `WEBHOOK_SECRET` and `INSECURE_HTTP`.
 *
 * @throws TypeError in production, naming every variable that is missing
 */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): BoardEnvironment {
  const isProduction = variables['NODE_ENV'] === 'production'
  const required = ['DATABASE_URL', 'SESSION_SECRET', 'CACHE_SECRET', 'WEBHOOK_SECRET']
  const missing = required.filter((name) => !variables[name])
  if (isProduction && missing.length > 0) {
    throw new TypeError(`Set ${missing.join(', ')} (secrets: at least 32 random characters) and start again`)
  }
  const page = variables['PORT'] ?? '5173'
  return {
    databaseUrl: variables['DATABASE_URL'],
    port: toPort(isProduction ? (variables['PORT'] ?? '3000') : (variables['API_PORT'] ?? '3000')),
    isProduction,
    sessionSecret: variables['SESSION_SECRET'] ?? developmentSecret('session'),
    cacheSecret: variables['CACHE_SECRET'] ?? randomBytes(32).toString('hex'),
    webhookSecret: variables['WEBHOOK_SECRET'] ?? developmentSecret('webhook'),
    secure: isProduction && variables['INSECURE_HTTP'] !== '1',
    trustedOrigins: isProduction ? [] : [`http://localhost:${page}`, `http://127.0.0.1:${page}`],
  }
}

/** The same on every start, so that a restart after an edit signs nobody out; refused in production above. */
function developmentSecret(purpose: string): string {
  return `for development only: the ${purpose} secret of the board`
}

function toPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw new TypeError(`A port is a number from 0 to 65535, got "${text.slice(0, 20)}"`)
}
