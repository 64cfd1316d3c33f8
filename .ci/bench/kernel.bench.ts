/** The client kernel against TanStack Query, tRPC, SWR and oRPC: bytes of a page, time for a change, memory. */

import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { gzipBytes } from '../../frontends/base/test/bundle-size.ts'
import type { Mounted } from './kernel/mounted.ts'
import { report } from './measured.ts'

const mizan = 'export { createKernel'
const react =
  "export { MizanProvider, createContextProvider, useContextMember, useMutation } from '@mizan/react'"
const pages: Readonly<Record<string, string>> = {
  'Mizan: kernel': `${mizan} } from '@mizan/base'`,
  'Mizan: kernel, call, mutation': `${mizan}, call, createMutation } from '@mizan/base'`,
  'Mizan: kernel and React hooks': `${mizan} } from '@mizan/base'\n${react}`,
  'Mizan: the same with live, tabs, focus, retry, singleFlight': `${mizan}, live, tabs, focus, retry, singleFlight } from '@mizan/base'\n${react}`,
  'Mizan: the same with all layers': `${mizan}, live, tabs, focus, retry, singleFlight, optimistic, change, serial, offline, webStorage, poll, timeout, tokens, tags, persist, stateInWebStorage } from '@mizan/base'\n${react}`,
  'TanStack Query (core)': "export { QueryClient, QueryObserver } from '@tanstack/react-query'",
  'TanStack Query (React hooks) and tRPC client':
    "export { QueryClient, QueryClientProvider, useQuery, useMutation } from '@tanstack/react-query'\nexport { createTRPCClient, httpBatchLink } from '@trpc/client'",
  'tRPC client alone': "export { createTRPCClient, httpBatchLink } from '@trpc/client'",
  'SWR (with mutation)':
    "export { default, SWRConfig } from 'swr'\nexport { default as useSWRMutation } from 'swr/mutation'",
  'oRPC client alone':
    "export { createORPCClient } from '@orpc/client'\nexport { RPCLink } from '@orpc/client/fetch'",
}
const bytes = new Map<string, number>()
for (const [name, source] of Object.entries(pages)) bytes.set(name, await gzipBytes(source))
for (const [name, count] of bytes) process.stdout.write(`  ${count} bytes  ${name}\n`)
report({
  what: 'the kernel alone, compressed',
  value: bytes.get('Mizan: kernel') ?? Number.NaN,
  unit: 'bytes',
  goal: 4096,
})
const rival = bytes.get('TanStack Query (React hooks) and tRPC client') ?? Number.NaN
report({
  what: 'kernel and React hooks against TanStack Query and tRPC',
  value: Number(((bytes.get('Mizan: kernel and React hooks') ?? Number.NaN) / rival).toFixed(2)),
  unit: 'times',
  goal: 0.5,
})

// Bundled as for a page: a loader for development would weigh on every closure.
const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('./kernel/mounted.ts', import.meta.url))],
  bundle: true,
  minify: true,
  write: false,
  format: 'esm',
  platform: 'browser',
  target: 'es2022',
  conditions: ['@mizan/source'],
  define: { 'process.env.NODE_ENV': '"production"' },
})
const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
const { mountKernel, mountQueries } = (await import(
  `data:text/javascript;base64,${code}`
)) as typeof import('./kernel/mounted.ts') // cast: the same, bundled

async function millisecondsPerChange(mounted: Mounted): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 300; round++) {
    const start = performance.now()
    await mounted.change(round % 1000)
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  return times[Math.floor(times.length / 2)] ?? Number.NaN
}

setFlagsFromString('--expose_gc')
const collect = runInNewContext('gc') as () => void // cast: what the flag exposes

/** Bytes of the heap that stay, and milliseconds until all is mounted. */
async function weigh(
  mount: (count: number) => Promise<Mounted>,
  count: number,
): Promise<{ bytesEach: number; milliseconds: number }> {
  collect()
  const before = process.memoryUsage().heapUsed
  const start = performance.now()
  const mounted = await mount(count)
  const milliseconds = performance.now() - start
  collect()
  const bytesEach = (process.memoryUsage().heapUsed - before) / count
  await mounted.change(count - 1)
  return { bytesEach, milliseconds }
}

const kernel = await mountKernel(1_000)
const queries = await mountQueries(1_000)
await millisecondsPerChange(kernel)
await millisecondsPerChange(queries)
const own = await millisecondsPerChange(kernel)
const theirs = await millisecondsPerChange(queries)
process.stdout.write(
  `  one of 1,000 mounted instances changes: Mizan ${own.toFixed(3)} ms, TanStack Query ${theirs.toFixed(3)} ms\n`,
)
report({
  what: 'time for one change among 1,000 instances against TanStack Query',
  value: Number((own / theirs).toFixed(2)),
  unit: 'times',
  goal: 1,
})

const [ours, others] = [await weigh(mountKernel, 100_000), await weigh(mountQueries, 100_000)]
for (const [name, { bytesEach, milliseconds }] of Object.entries({
  Mizan: ours,
  'TanStack Query': others,
})) {
  process.stdout.write(
    `  100,000 mounted instances: ${name} ${bytesEach.toFixed(0)} bytes each, mounted in ${milliseconds.toFixed(0)} ms\n`,
  )
}
report({
  what: 'memory of 100,000 instances against TanStack Query',
  value: Number((ours.bytesEach / others.bytesEach).toFixed(2)),
  unit: 'times',
  goal: 1,
})
report({
  what: 'time to mount 100,000 instances against TanStack Query',
  value: Number((ours.milliseconds / others.milliseconds).toFixed(2)),
  unit: 'times',
  goal: 1,
  atMost: 2.5,
})
process.exit()
