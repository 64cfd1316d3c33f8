/** Starts the board. */

import { startServer } from './start-server.ts'

await startServer()
