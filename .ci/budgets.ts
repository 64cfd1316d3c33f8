/** How long each suite may take: seconds of its files added up, on two cores. */

/** The whole run, by the clock on the wall. */
export const wholeRunSeconds = 840

/** By package folder; a suite that needs a browser or starts servers gets more. */
const seconds: Readonly<Record<string, number>> = {
  '.ci': 90,
  'cores/protocol': 20,
  'cores/server': 180,
  'cores/db': 110,
  'cores/db-postgres': 240,
  'cores/db-mysql': 90,
  'cores/db-sqlite': 75,
  'cores/cli': 280,
  'cores/testing': 60,
  'backends/node': 90,
  'backends/express': 90,
  'backends/fastify': 90,
  'backends/hono': 120,
  codegen: 150,
  'frontends/base': 100,
  'frontends/react': 60,
  'workers/ssr': 130,
  'workers/edge': 60,
  'examples/board': 360,
  'examples/board-vue': 150,
  'examples/board-svelte': 150,
  'examples/board-sveltekit': 100,
  'examples/landing': 60,
}

/** The budget of a suite in seconds. */
export function budgetOf(suite: string): number {
  return seconds[suite] ?? 30
}
