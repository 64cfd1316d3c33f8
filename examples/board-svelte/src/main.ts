/** The board's server with its main page in Svelte, at `/with/svelte/projects/1/`; built by `npm run build`. */

import { fileURLToPath } from 'node:url'
import { startServer } from '../../board/src/server/start-server.ts'
import { loadLibrary } from '../../board/src/server/load-library.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
await startServer({ svelte: await loadLibrary(dist) })
