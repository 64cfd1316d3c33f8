/** Mounts a Mizan app in Express. */

export { mizan } from './mizan.ts'
export { toProtocolRequest } from './to-protocol-request.ts'
export { upgrade, type UpgradeOptions } from './upgrade.ts'
export { writeResponse } from './write-response.ts'
