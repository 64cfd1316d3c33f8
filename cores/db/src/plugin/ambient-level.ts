/** Which of several nested transactions a call belongs to, however it reaches the database. */

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Level } from '../client/level.ts'
import type { AmbientLevel } from '../client/scope-port.ts'

const storage = new AsyncLocalStorage<Level>()

/** One for all databases: a level is known by itself. */
export const ambientLevel: AmbientLevel = Object.freeze<AmbientLevel>({
  get: () => storage.getStore(),
  run: (level, work) => storage.run(level, work),
})
