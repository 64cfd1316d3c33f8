/** The third-party packages that each core may bring along, and that nobody imports what nobody declared. */

import { relative } from 'node:path'
import { importsOf, isBuiltin, packageOf } from '../imports.ts'
import { type Package, readWorkspace, shippedSources } from '../workspace.ts'
import type { Gate } from './gate.ts'

/** A longer list is a decision about everyone who installs the package, so it is taken here. */
const lists: Readonly<Record<string, readonly string[]>> = {
  '@mizan/protocol': [],
  '@mizan/server': ['jose', 'reflect-metadata', 'ioredis', '@fastify/busboy'],
  '@mizan/db': ['kysely'],
  '@mizan/base': [],
  '@mizan/edge': ['jose'],
  '@mizan/node': ['ws'],
  '@mizan/express': ['express'],
  '@mizan/fastify': ['fastify'],
  '@mizan/hono': ['hono'],
  '@mizan/react': ['react'],
  '@mizan/vue': ['vue'],
  '@mizan/svelte': ['svelte', '@sveltejs/kit'],
}

/** Fails on a dependency that is not on the list, and on an import that the package.json does not declare. */
export const coresHaveOnlyTheDependenciesOnTheirList: Gate = {
  claim: 'cores have only the dependencies on their list',
  async check(root) {
    const { packages } = await readWorkspace(root)
    const violations: string[] = []
    for (const one of packages) {
      if (one.entries.length > 0) violations.push(...(await violationsOf(one, root)))
    }
    return violations
  },
}

async function violationsOf(one: Package, root: string): Promise<string[]> {
  const declared = Object.keys({ ...one.manifest.dependencies, ...one.manifest.peerDependencies })
  const list = lists[one.name]
  const violations = declared
    .filter((name) => !name.startsWith('@mizan/') && list?.includes(name) === false)
    .map((name) => `${relative(root, one.folder)}/package.json: ${name} is not on the list`)
  for (const file of await shippedSources(one)) {
    for (const { specifier, line } of await importsOf(file)) {
      if (specifier.startsWith('.') || isBuiltin(specifier)) continue
      const name = packageOf(specifier)
      if (name === one.name || declared.includes(name)) continue
      violations.push(`${relative(root, file)}:${line}: ${name} is imported and not declared`)
    }
  }
  return violations
}
