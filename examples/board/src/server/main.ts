/** Starts the board on one port; in development an empty database is filled first. */

import { seed } from '../db/seed.ts'
import { createServer } from './create-server.ts'
import { readEnvironment } from './environment.ts'

const environment = readEnvironment(process.env)
const server = createServer(environment)

let ending: Promise<void> | undefined
const end = (): void => {
  ending ??= server.close()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, end)

try {
  if (!environment.isProduction) {
    const rows = await seed(server.database)
    if (rows !== undefined) console.log(`seeded ${rows.tasks} tasks in ${rows.projects} projects`)
  }
  const port = await server.listen(environment.port)
  console.log(`the board's server listens on http://localhost:${port}`)
} catch (error) {
  console.error(explain(error, environment.port))
  process.exitCode = 1
  end()
}

function explain(error: unknown, port: number): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE') {
    return `port ${port} is in use: end what runs there, or choose another with API_PORT (PORT in production)`
  }
  return error.stack ?? error.message
}
