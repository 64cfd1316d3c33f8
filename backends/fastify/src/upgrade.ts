/** Fastify has a node:http server, `fastify.server`; that one is upgraded. */

export { upgrade, type UpgradeOptions } from '@mizan/node'
