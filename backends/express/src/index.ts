/** Mounts a Mizan app in Express. */

export { mizan } from './mizan.ts'
export { toProtocolRequest } from './to-protocol-request.ts'
export { writeResponse } from './write-response.ts'
