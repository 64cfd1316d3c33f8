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
for (const file of files) {
  process.stdout.write(`${file}\n`)
  const { code } = await run(
    process.execPath,
    ['--conditions=@mizan/source', '--import', 'tsx', file],
    { cwd: repository, env: { ...process.env, NODE_ENV: 'production' }, show: true },
  )
  if (code !== 0) process.exitCode = 1
}
