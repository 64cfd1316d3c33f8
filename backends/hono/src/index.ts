/** Mounts a Mizan app in Hono. */

export { mizan } from './mizan.ts'
export { toProtocolRequest, type ToProtocolRequestOptions } from './to-protocol-request.ts'
export { upgrade } from './upgrade.ts'
export { writeResponse } from './write-response.ts'
