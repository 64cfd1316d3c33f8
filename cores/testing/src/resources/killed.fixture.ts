/** A process that starts servers, says which, and waits to be killed. */

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { freePort } from './free-port.ts'
import { guard } from './guard.ts'
import { serverProcess } from './server-process.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { findTool } from './tool.ts'
import { workerd } from './workerd.ts'

const folder = await temporaryFolder()
const server = await serverProcess({
  command: await findTool(['redis-server'], 'run `apt-get install redis-server`'),
  args: ['--port', String(await freePort()), '--save', '', '--dir', folder.path],
  folder: folder.path,
  ready: /Ready to accept/,
})
await workerd({ modules: true, script: 'export default { fetch: () => new Response() }' })
const isWorkerd = (pid: string): boolean => {
  try {
    const [, parent] = /\(workerd\) \S (\d+) /.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? []
    return Number(parent) === process.pid
  } catch {
    return false
  }
}
// One that has started another, and ends it when it is told to end.
const parent = spawn('/bin/sh', ['-c', `sleep 3600 & trap "kill $!; exit" TERM; echo $!; wait`], {
  stdio: ['ignore', 'pipe', 'ignore'],
  detached: true,
})
guard({ pid: parent.pid ?? 0, signal: 'TERM' })
const [started] = (await once(parent.stdout, 'data')) as [Buffer] // cast: of a stream without an encoding
const pids = [
  server.pid,
  ...readdirSync('/proc').filter(isWorkerd).map(Number),
  parent.pid,
  Number(started.toString()),
]
process.stdout.write(`${JSON.stringify({ pids, folder: folder.path })}\n`)
