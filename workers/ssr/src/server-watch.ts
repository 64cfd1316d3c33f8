/** A thread of the render worker that ends the process when the server is gone: nothing else runs while a component hangs. */

import process from 'node:process'
import { workerData } from 'node:worker_threads'

const interval = 250

// No signal and no pipe reaches a loop that never ends, but a killed server's children get another parent.
setInterval(() => {
  if (process.ppid !== workerData) process.kill(process.pid, 'SIGKILL')
}, interval)
