/** A server that lets a component hang, says then which process that is, and waits to be killed. */

import { createRenderer } from '@mizan/ssr'

const renderer = createRenderer({
  worker: new URL('./pages.worker.tsx', import.meta.url),
  flags: ['--conditions=@mizan/source'],
  processes: 1,
  timeout: 600_000,
  onOutput: (text) => void process.stdout.write(text),
})
await renderer.render('HangingAloud', {})
