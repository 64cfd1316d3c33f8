/** Serves the board for `make dev`, after a look whether its ports are free. */

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { repository } from './workspace.ts'

/** The variables by which examples/board takes its ports, and what they are without. */
const ports = { PORT: 5173, API_PORT: 3000 } as const

const taken: string[] = []
for (const [variable, usual] of Object.entries(ports)) {
  const port = Number(process.env[variable] ?? usual)
  if (!(await isFree(port))) {
    taken.push(
      `Port ${port} is in use. Stop what listens there (ss -ltnp 'sport = :${port}' says what it is), ` +
        `or take another one: make dev ${variable}=${port + 1}`,
    )
  }
}
if (taken.length > 0) {
  process.stderr.write(`${taken.join('\n')}\n`)
  process.exitCode = 1
} else {
  // A process group of its own: npm, concurrently and both servers end together, however this one is told to end.
  const child = spawn('npm', ['run', '--silent', 'dev', '-w', 'examples/board'], {
    cwd: repository,
    stdio: ['ignore', 'inherit', 'inherit'],
    detached: true,
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(
      signal,
      () => child.exitCode === null && child.pid && process.kill(-child.pid, signal),
    )
  }
  child.on('close', (code) => {
    process.exitCode = code ?? 0
  })
}

/** Whether nothing listens on the port, on IPv4 or IPv6. */
async function isFree(port: number): Promise<boolean> {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    const free = await new Promise<boolean>((resolve) => {
      const server = createServer()
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code !== 'EADDRINUSE'))
      server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
    })
    if (!free) return false
  }
  return true
}
