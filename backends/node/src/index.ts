/** Mounts a Mizan app in node:http. */

export { answer, mizan, type NodeListener } from './mizan.ts'
export {
  splitTarget,
  toProtocolRequest,
  type ToProtocolRequestOptions,
} from './to-protocol-request.ts'
export { upgrade, type UpgradeOptions } from './upgrade.ts'
export { writeResponse } from './write-response.ts'
