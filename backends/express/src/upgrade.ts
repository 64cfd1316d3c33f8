/** Express is mounted in a node:http server; that one is upgraded. */

export { upgrade, type UpgradeOptions } from '@mizan/node'
