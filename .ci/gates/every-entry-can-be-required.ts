/** The built packages load in plain Node, by `require` and so by `import`, without the development condition. */

import { access } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { type MachineNode, nodesAtHand } from '../nodes.ts'
import { run } from '../run-command.ts'
import { type Package, readWorkspace } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** Requires each entry in a process of its own, in every Node at hand that the package's `engines` admits. */
export const everyEntryCanBeRequired: Gate = {
  claim: 'every entry can be required',
  async check(root) {
    const { packages } = await readWorkspace(root)
    const nodes = await nodesAtHand()
    const violations: string[] = []
    for (const one of packages.map(withCodeAlone)) {
      violations.push(...(await missingFiles(one, root)))
      for (const node of nodes.filter((candidate) => admits(one, candidate))) {
        violations.push(...(await requireAll(one, node, root)))
      }
    }
    return violations
  },
}

/** An entry with the development condition alone stays in the workspace: nobody else can name it. A schema is no code. */
function withCodeAlone(one: Package): Package {
  const isPublished = (conditions: object): boolean =>
    Object.keys(conditions).some((condition) => condition !== '@mizan/source')
  const entries = one.entries.filter(
    ({ name, conditions }) => isPublished(conditions) && !name.endsWith('.json'),
  )
  return { ...one, entries }
}

async function missingFiles(one: Package, root: string): Promise<string[]> {
  const missing: string[] = []
  for (const entry of one.entries) {
    for (const condition of ['types', 'default']) {
      const path = entry.conditions[condition]
      if (path === undefined) missing.push(`${entry.name} has no "${condition}" in its exports`)
      else if (!(await exists(join(one.folder, path)))) {
        const place = relative(root, join(one.folder, path))
        missing.push(`${entry.name}: ${place} does not exist after tsc -b`)
      }
    }
  }
  return missing
}

/** One process for each package: an entry that keeps the process alive is ended, and so named, by the time limit. */
async function requireAll(one: Package, node: MachineNode, root: string): Promise<string[]> {
  const names = one.entries.map((entry) => entry.name)
  if (names.length === 0) return []
  const { code, output } = await run(node.path, ['-e', script, ...names], {
    cwd: one.folder,
    env: { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' },
  })
  const lines = output.split('\n').filter((line) => line.startsWith('violation: '))
  if (code !== 0 && lines.length === 0)
    lines.push(`${relative(root, one.folder)}: ${output.trim()}`)
  return lines.map((line) => `Node ${node.version}: ${line.replace('violation: ', '')}`)
}

const script = `
setTimeout(() => { console.log('violation: ' + process.argv[1] + ' keeps the process alive'); process.exit(1) }, 5000).unref()
for (const name of process.argv.slice(1)) {
  try { require(name) } catch (error) {
    console.log('violation: require("' + name + '"): ' + String(error.message).split('\\n')[0]); process.exitCode = 1
  }
}`

/** Whether the package's \`engines.node\` (always \`>=x.y\`) admits this Node. */
function admits(one: Package, node: MachineNode): boolean {
  const [major = 0, minor = 0] = (one.manifest.engines?.node ?? '')
    .replace(/^>=\s*/, '')
    .split('.')
    .map(Number)
  return node.major > major || (node.major === major && node.minor >= minor)
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
