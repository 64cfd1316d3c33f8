/** The board's server with its main page in Vue, at `/with/vue/projects/1/`; built by `npm run build`. */

import { fileURLToPath } from 'node:url'
import { startServer } from '../../board/src/server/start-server.ts'
import { loadLibrary } from '../../board/src/server/load-library.ts'

const dist = fileURLToPath(new URL('../dist', import.meta.url))
await startServer({ vue: await loadLibrary(dist) })
