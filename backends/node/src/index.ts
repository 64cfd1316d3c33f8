/** Mounts a Mizan app in node:http. */

export { closeGracefully, type CloseOptions } from './close-gracefully.ts'
export { closeOnSignals, type CloseOnSignalsOptions } from './close-on-signals.ts'
export { answer, mizan, type NodeListener } from './mizan.ts'
export {
  splitTarget,
  toProtocolRequest,
  type ToProtocolRequestOptions,
} from './to-protocol-request.ts'
export { upgrade, type UpgradeOptions } from './upgrade.ts'
export { writeResponse } from './write-response.ts'
