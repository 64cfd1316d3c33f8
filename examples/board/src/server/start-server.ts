/** Starts a board on one port; in development an empty database is filled first. */

import { seed } from '../db/seed.ts'
import { createServer, type BoardOptions } from './create-server.ts'
import { readEnvironment } from './environment.ts'

/** Serves until the process is told to end. What is missing is said, and is the exit code. */
export async function startServer(libraries: BoardOptions['libraries'] = {}): Promise<void> {
  try {
    await start(libraries)
  } catch (error) {
    console.error(explain(error))
    process.exitCode = 1
  }
}

async function start(libraries: BoardOptions['libraries']): Promise<void> {
  const environment = readEnvironment(process.env)
  const server = createServer({ ...environment, ...(libraries && { libraries }) })
  let ending: Promise<void> | undefined
  const end = (): Promise<void> => (ending ??= server.close())
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void end())
  try {
    if (!environment.isProduction) {
      const rows = await seed(server.database)
      if (rows !== undefined) console.log(`seeded ${rows.tasks} tasks in ${rows.projects} projects`)
    }
    const port = await server.listen(environment.port)
    console.log(`the board's server listens on http://localhost:${port}`)
  } catch (error) {
    await end()
    throw error
  }
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if ('code' in error && error.code === 'EADDRINUSE') {
    const port = 'port' in error ? String(error.port) : ''
    return `port ${port} is in use: end what runs there, or choose another with API_PORT (PORT in production)`
  }
  // What a setting or the database lacks is said by the message; anything else needs the stack.
  const isPlain = error instanceof TypeError || 'code' in error
  return isPlain ? error.message : (error.stack ?? error.message)
}
