/** A process that starts servers, says which, and waits to be killed. */

import { readdirSync, readFileSync } from 'node:fs'
import { freePort } from './free-port.ts'
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
const pids = [server.pid, ...readdirSync('/proc').filter(isWorkerd).map(Number)]
process.stdout.write(`${JSON.stringify({ pids, folder: folder.path })}\n`)
