/** Every test: the suites, the type tests, and the cores once more on the machine's own Node. */

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { wholeRunSeconds } from './budgets.ts'
import { machineNode } from './nodes.ts'
import { run } from './run-command.ts'
import type { SuiteResult } from './suite-reporter.ts'
import { filesOf, typeErrors, typeTests } from './type-check.ts'
import { repository } from './workspace.ts'

/** Suites that must pass on every Node the packages support, not only on the pinned one. */
const cores = ['cores/protocol', 'cores/server']

const only = process.argv.slice(2)
const started = performance.now()
const results: SuiteResult[] = []

say('Running the tests …')
results.push(await suites(process.execPath, only))

for (const [project, files] of await typeTests()) {
  const wanted = files.filter((file) => only.every((part) => file.includes(part)))
  if (wanted.length === 0) continue
  say(`Checking the type tests of ${project} …`)
  results.push(await typeSuite(project, wanted))
}

const own = await machineNode()
const again = cores.filter(
  (core) => only.length === 0 || only.some((part) => core.startsWith(part)),
)
if (own === undefined) {
  say('No Node outside node_modules is on the path: the cores cannot be tried on it.')
  results.push({ passed: 0, failed: 1, skipped: 0, late: [], flaky: [] })
} else if (again.length > 0) {
  say(`Running the cores on this machine's Node ${own.version} …`)
  results.push(await suites(own.path, again))
}

const seconds = (performance.now() - started) / 1000
const sum = (key: 'passed' | 'failed' | 'skipped'): number =>
  results.reduce((total, result) => total + result[key], 0)
const late = [...new Set(results.flatMap((result) => result.late))]
if (late.length > 0) say(`Over their budget: ${late.join(', ')}`)
const flaky = results.flatMap((result) => result.flaky)
if (flaky.length > 0) say(`Passed only when run again, find the race: ${flaky.join('; ')}`)
if (sum('skipped') > 0) say(`${sum('skipped')} skipped`)
say(`${seconds.toFixed(0)} s of ${wholeRunSeconds} s`)
const counts = `${sum('passed')} passed, ${sum('failed')} failed`
say(counts)
if (process.env.MIZAN_TEST_COUNTS !== undefined) {
  await writeFile(process.env.MIZAN_TEST_COUNTS, `${counts}\n`)
}
process.exitCode = sum('failed') > 0 || sum('passed') === 0 ? 1 : 0

/** One run of Vitest on the given Node. A run that dies without a result is one failure. */
async function suites(node: string, paths: readonly string[]): Promise<SuiteResult> {
  const folder = await mkdtemp(join(tmpdir(), 'mizan-tests-'))
  const result = join(folder, 'result.json')
  const colours = process.stdout.isTTY ? {} : { NO_COLOR: '1' }
  const { code } = await run(
    node,
    [
      join(repository, 'node_modules/vitest/vitest.mjs'),
      'run',
      ...['--config', '.ci/vitest.config.ts'],
      ...['--root', '.'],
      ...paths,
    ],
    {
      cwd: repository,
      env: { ...process.env, ...colours, MIZAN_SUITE_RESULT: result },
      show: true,
    },
  )
  const text = await readFile(result, 'utf8').catch(() => undefined)
  await rm(folder, { recursive: true, force: true })
  const found: SuiteResult =
    text === undefined
      ? { passed: 0, failed: 1, skipped: 0, late: [], flaky: [] }
      : JSON.parse(text)
  return code !== 0 && found.failed === 0 ? { ...found, failed: 1 } : found
}

/** One test for each `.test-d.ts`: its project checks it, and finds that what is expected to be an error is one. */
async function typeSuite(project: string, files: readonly string[]): Promise<SuiteResult> {
  const checked = await filesOf(project)
  const errors = await typeErrors(['-p', project, '--noEmit'])
  let failed = 0
  for (const file of files) {
    const found = errors.filter((error) => error.startsWith(`${file}(`))
    if (!checked.has(file)) found.push(`${file} is not part of ${project}`)
    for (const error of found) say(`  ${error}`)
    if (found.length > 0) failed++
  }
  return { passed: files.length - failed, failed, skipped: 0, late: [], flaky: [] }
}

function say(words: string): void {
  process.stdout.write(`${words}\n`)
}
