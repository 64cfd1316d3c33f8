/** The board's settings, from environment variables. */

import { createEdgePurger } from '@mizan/server'
import { createFilePageStore } from '@mizan/ssr'
import type { BoardOptions } from './create-server.ts'
import { readTokenKeys } from './token-keys.ts'

/** Where the server listens, and with what. */
export interface BoardEnvironment extends BoardOptions {
  readonly port: number
  readonly isProduction: boolean
}

const required = ['DATABASE_URL', 'SESSION_SECRET', 'CACHE_SECRET', 'WEBHOOK_SECRET'] as const

/**
 * Reads `DATABASE_URL`, `SESSION_SECRET`, `CACHE_SECRET`, `WEBHOOK_SECRET`; `PORT` (the pages' in development) and `API_PORT`
 * (the server's); `PAGES_FOLDER`, where public pages are kept; `EDGE_URL`, `EDGE_SECRET` and `MWT_KEYS` of an edge in front;
 * `INSECURE_HTTP=1` for production without https. Secrets have defaults in development.
 *
 * @throws TypeError naming every variable that is missing
 */
export function readEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
): BoardEnvironment {
  const isProduction = variables['NODE_ENV'] === 'production'
  const missing = required.filter(
    (name) => !variables[name] && (isProduction || name === 'DATABASE_URL'),
  )
  if (missing.length > 0) {
    const hint = isProduction
      ? 'secrets are at least 32 random characters'
      : '`npm run dev` brings a database of its own'
    throw new TypeError(`Set ${missing.join(', ')} and start again; ${hint}`)
  }
  const of = (name: (typeof required)[number]): string => variables[name] ?? developmentSecret(name)
  const pages = variables['PORT'] ?? '5173'
  return {
    databaseUrl: of('DATABASE_URL'),
    sessionSecret: of('SESSION_SECRET'),
    cacheSecret: of('CACHE_SECRET'),
    webhookSecret: of('WEBHOOK_SECRET'),
    ...(variables['PAGES_FOLDER']
      ? { pageStore: createFilePageStore({ folder: variables['PAGES_FOLDER'] }) }
      : {}),
    ...(variables['MWT_KEYS'] ? { readKeys: readTokenKeys(variables['MWT_KEYS']) } : {}),
    ...(variables['EDGE_URL']
      ? {
          purgers: [
            createEdgePurger({
              url: variables['EDGE_URL'],
              secret: variables['EDGE_SECRET'] ?? '',
            }),
          ],
        }
      : {}),
    port: toPort(isProduction ? (variables['PORT'] ?? '3000') : (variables['API_PORT'] ?? '3000')),
    isProduction,
    secure: isProduction && variables['INSECURE_HTTP'] !== '1',
    trustedOrigins: isProduction ? [] : [`http://localhost:${pages}`, `http://127.0.0.1:${pages}`],
  }
}

/** The same on every start, so that a restart after an edit signs nobody out; refused in production above. */
function developmentSecret(name: string): string {
  return `for development only, not a secret: ${name}`
}

function toPort(text: string): number {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port
  throw new TypeError(`A port is a number from 0 to 65535, got "${text.slice(0, 20)}"`)
}
