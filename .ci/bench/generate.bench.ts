/**
 * What `mizan generate` costs on 300 and 3,000 functions, and what type-checking the same application costs with its
 * client, with tRPC's and with oRPC's. Everything in one run: `make bench ONLY=generate`.
 */

import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { repository } from '../workspace.ts'
import { best, measured, type ProcessCost } from './generate/measured-process.ts'
import { benchProject, type BenchProject } from './generate/project.ts'
import { mizanPage, mizanServer, orpcApplication, trpcApplication } from './generate/shape.ts'
import { report } from './measured.ts'

const rounds = 3
const many = 3000
const loadBefore = loadavg()[0] ?? 0
const bin = (name: string): string => join(repository, 'node_modules/.bin', name)
const command = [
  process.execPath,
  // As a package that is installed: it runs what was built, without a loader.
  '--preserve-symlinks-main',
  join(repository, 'node_modules/@mizan/cli/bin/mizan.js'),
]

execFileSync(bin('tsc'), ['-b', 'cores/cli', 'frontends/base'], {
  cwd: repository,
  stdio: 'inherit',
})

const rows: string[][] = []
for (const functions of [300, many]) {
  await using project = await benchProject(mizanServer(functions))
  const cold = await repeated(async () => {
    await rm(join(project.root, '.mizan'), { recursive: true, force: true })
    await rm(join(project.root, 'mizan'), { recursive: true, force: true })
    return measured([...command, 'generate'], project.root)
  })
  const again = await repeated(() => measured([...command, 'generate'], project.root))
  const warm = warmRebuild(project)
  rows.push(
    [`cold, ${functions} functions`, shown(cold)],
    [`cold, ${functions} functions, nothing changed since`, shown(again)],
    [`warm, ${functions} functions, after one edit`, `${Math.round(warm)} ms`],
  )
  report({
    what: `cold generate of ${functions} functions, best of ${rounds}`,
    value: Number(cold.seconds.toFixed(2)),
    unit: 's',
    goal: functions === many ? 4 : 1.2,
    atMost: functions === many ? 8 : 3,
  })
  report({
    what: `rebuild of ${functions} functions after one edit, median`,
    value: Math.round(warm),
    unit: 'ms',
    goal: 100,
    atMost: functions === many ? 300 : 100,
  })
}

await using ours = await benchProject({ ...mizanServer(many), 'src/page.ts': mizanPage(many) })
await measured([...command, 'generate'], ours.root)
await ours.write(
  'tsconfig.page.json',
  '{ "extends": "./tsconfig.json", "include": ["src/page.ts"] }',
)
await using trpc = await benchProject(trpcApplication(many))
await using orpc = await benchProject(orpcApplication(many))
const checks = {
  page: [bin('tsc'), '--noEmit', '-p', join(ours.root, 'tsconfig.page.json')],
  whole: [bin('tsc'), '--noEmit', '-p', ours.root],
  orpc: [bin('tsc'), '--noEmit', '-p', orpc.root],
  trpc: [bin('tsc'), '--noEmit', '-p', trpc.root],
}
const costs: Record<keyof typeof checks, ProcessCost[]> = {
  page: [],
  whole: [],
  orpc: [],
  trpc: [],
}
// Interleaved: a slow moment of the machine meets all of them.
for (let round = 0; round < rounds; round++)
  for (const name of ['page', 'whole', 'orpc', 'trpc'] as const)
    costs[name].push(await measured(checks[name], repository))
const [page, whole, viaOrpc, viaTrpc] = [costs.page, costs.whole, costs.orpc, costs.trpc].map(best)
rows.push(
  [`\`tsc --noEmit\`, a page that calls ${many} functions`, shown(page)],
  ['the same with the server modules', shown(whole)],
  ['the same application in oRPC', shown(viaOrpc)],
  ['the same application in tRPC', shown(viaTrpc)],
)
report({
  what: "type check of the page with our client against oRPC's",
  value: Number(((page?.seconds ?? 0) / (viaOrpc?.seconds ?? 1)).toFixed(2)),
  unit: 'times',
  goal: 1,
})

const client = gzipSync(readFileSync(join(ours.root, 'mizan/client.gen.ts')), { level: 9 })
const bytes = client.byteLength / many
rows.push(['generated client, gzip', `${bytes.toFixed(1)} bytes a function`])
report({
  what: 'generated client a function, gzip',
  value: Number(bytes.toFixed(1)),
  unit: 'bytes',
  goal: 60,
})

const version = (name: string): string =>
  // cast: a package.json
  `${name} ${(JSON.parse(readFileSync(join(repository, 'node_modules', name, 'package.json'), 'utf8')) as { version: string }).version}`
const table = [
  '| what | best of ' + rounds + ' |',
  '|---|---|',
  ...rows.map((row) => `| ${row.join(' | ')} |`),
]
process.stdout.write(
  [
    '',
    ...table,
    '',
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cpus().length} cores, load ${loadBefore.toFixed(1)} before; ${['typescript', 'ts-morph', '@trpc/server', '@orpc/server', 'zod'].map(version).join(', ')}`,
    '',
  ].join('\n'),
)

async function repeated(once: () => Promise<ProcessCost>): Promise<ProcessCost> {
  const all: ProcessCost[] = []
  for (let round = 0; round < rounds; round++) all.push(await once())
  return best(all)
}

/** In a process of its own, as `--watch` is one; the first edits warm it up. */
function warmRebuild(project: BenchProject): number {
  const text = execFileSync(
    process.execPath,
    ['--import', 'tsx', join(repository, '.ci/bench/generate/warm.ts'), project.root, '12'],
    { cwd: repository, encoding: 'utf8' },
  )
  const times = (JSON.parse(text) as number[]).slice(3).sort((a, b) => a - b) // cast: what warm.ts prints
  return times[Math.floor(times.length / 2)] ?? Number.NaN
}

function shown(cost: ProcessCost | undefined): string {
  if (cost === undefined) return ''
  const memory = cost.memory === undefined ? '' : `, ${Math.round(cost.memory)} MB`
  return `${cost.seconds.toFixed(2)} s${memory}`
}
