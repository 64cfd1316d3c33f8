/** Runs every `*.bench.ts`: a script that measures one promise, says the number, and fails when it is not kept. */

import { relative } from 'node:path'
import { run } from './run-command.ts'
import { filesUnder, repository } from './workspace.ts'

const only = process.argv.slice(2)
const files = [
  ...(await filesUnder(repository, /\.bench\.ts$/)),
  ...(await filesUnder(`${repository}/.ci/bench`, /\.bench\.ts$/)),
]
  .map((file) => relative(repository, file))
  .filter((file) => only.length === 0 || only.some((part) => file.includes(part)))
if (files.length === 0) {
  process.stdout.write(
    `no benchmark ${only.length === 0 ? 'exists' : `matches ${only.join(' ')}`}\n`,
  )
  process.exitCode = 1
}
/**
 * Node reads these itself where it can: tsx names each function anew wherever one is made, which the libraries that are compared do not
 * pay for.
 */
const withoutLoader: ReadonlySet<string> = new Set([
  '.ci/bench/db.bench.ts',
  '.ci/bench/handlers.bench.ts',
])

for (const file of files) {
  process.stdout.write(`${file}\n`)
  const isRead = process.features.typescript !== undefined && withoutLoader.has(file)
  const loader = isRead ? [] : ['--import', 'tsx']
  const { code } = await run(process.execPath, ['--conditions=@mizan/source', ...loader, file], {
    cwd: repository,
    env: { ...process.env, NODE_ENV: 'production' },
    show: true,
  })
  if (code !== 0) process.exitCode = 1
}
