/** Tests of a Mizan application without a network. */

export { type Caller, createCaller } from './caller.ts'
export { createInProcessFetch } from './in-process-fetch.ts'
export {
  type InvalidationRecorder,
  nothingKept,
  type RecordedCall,
  recordInvalidations,
} from './record-invalidations.ts'
