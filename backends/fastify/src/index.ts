/** Mounts a Mizan app in Fastify. */

export { mizan } from './mizan.ts'
export { toProtocolRequest } from './to-protocol-request.ts'
export { writeResponse } from './write-response.ts'
