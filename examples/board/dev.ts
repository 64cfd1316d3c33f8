/** `npm run dev`: the server, which follows edits, and Vite beside it; both end together. */

import { connect } from 'node:net'
import { concurrently } from 'concurrently'

const ports = [
  ['PORT', Number(process.env['PORT'] ?? 5173)],
  ['API_PORT', Number(process.env['API_PORT'] ?? 3000)],
] as const

const taken = (
  await Promise.all(
    ports.map(async ([name, port]) => ((await isTaken(port)) ? [{ name, port }] : [])),
  )
).flat()
for (const { name, port } of taken) {
  console.error(
    `Port ${port} is in use: end what runs there, or choose another with ${name}=${port + 1000}`,
  )
}
if (taken.length > 0) process.exit(1)

const source = 'node --conditions=@mizan/source --import tsx'
const { result } = concurrently(
  [
    {
      name: 'server',
      command: `${source} ${bin('@mizan/cli', 'bin/mizan.js')} dev -- ${source} src/server/main.ts`,
    },
    { name: 'pages', command: `${source} ${bin('vite', 'bin/vite.js')}` },
  ],
  { killOthersOn: ['failure', 'success'], prefix: 'name', prefixColors: ['green', 'blue'] },
)
await result.catch(() => {
  process.exitCode = 1
})

function bin(name: string, path: string): string {
  return new URL(path, new URL('.', import.meta.resolve(`${name}/package.json`))).pathname
}

/** Whether somebody answers there, on either address family. */
async function isTaken(port: number): Promise<boolean> {
  const answers = (host: string): Promise<boolean> =>
    new Promise((done) => {
      const socket = connect({ port, host })
      socket.once('connect', () => done(true)).once('error', () => done(false))
      socket.once('close', () => socket.destroy())
      setTimeout(() => done(false), 500).unref()
    })
  const both = await Promise.all(['127.0.0.1', '::1'].map(answers))
  return both.includes(true)
}
