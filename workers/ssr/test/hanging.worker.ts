/** A worker file that never comes to its end. */

import { writeSync } from 'node:fs'

writeSync(2, `child ${process.pid}\n`)
// As an endless loop, but without taking the processor from others.
for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
