/** Who may import whom, by entry: the picture of the architecture as a table. */

import { relative } from 'node:path'
import { importsOf, importsReachedFrom, type Import, packageOf } from '../imports.ts'
import { filesUnder, type Package, readWorkspace } from '../workspace.ts'
import type { Gate } from './gate.ts'

interface Arrows {
  /** Entries that an import statement may name. */
  readonly imports: readonly string[]
  /** Entries that only `import()` may name, so that who does not need them need not install them. */
  readonly lazy?: readonly string[]
}

const protocol = ['@mizan/protocol']
const server = ['@mizan/server', ...protocol]
const backend = ['@mizan/node', ...server]
const data = ['@mizan/db', '@mizan/db/migrate', ...protocol]
const binding = ['@mizan/base', ...protocol]

/** What each entry may import; a package's own entries are always among it. */
const drawn: Readonly<Record<string, Arrows>> = {
  '@mizan/protocol': { imports: [] },
  '@mizan/server': { imports: protocol },
  '@mizan/node': { imports: server },
  '@mizan/express': { imports: backend },
  '@mizan/fastify': { imports: backend },
  '@mizan/hono': { imports: backend },
  '@mizan/db': { imports: protocol },
  '@mizan/db/migrate': { imports: protocol },
  '@mizan/db/plugin': { imports: server },
  '@mizan/db-postgres': { imports: data },
  '@mizan/db-postgres/embedded': { imports: data },
  '@mizan/db-sqlite': { imports: data },
  '@mizan/db-mysql': { imports: data },
  '@mizan/codegen': { imports: protocol },
  '@mizan/codegen/vite': { imports: protocol },
  '@mizan/base': { imports: protocol },
  '@mizan/react': { imports: binding },
  '@mizan/vue': { imports: binding },
  '@mizan/svelte': { imports: binding },
  '@mizan/ssr': { imports: server },
  '@mizan/ssr/worker': { imports: binding },
  '@mizan/edge': { imports: protocol },
  '@mizan/testing': { imports: server },
  '@mizan/testing/conformance': { imports: protocol },
  '@mizan/testing/resources': { imports: server },
  '@mizan/cli': {
    imports: ['@mizan/codegen', ...server, ...data],
    lazy: ['@mizan/ssr', '@mizan/testing', '@mizan/testing/conformance'],
  },
}

/** Fails on an import, or a dependency in a package.json, that no arrow stands for. */
export const arrowsAreAsDrawn: Gate = {
  claim: 'arrows are as drawn',
  async check(root) {
    const { packages } = await readWorkspace(root)
    const violations = new Set<string>()
    for (const one of packages) {
      if (one.entries.length === 0) continue // an application: it may use every package
      for (const violation of await violationsOf(one, root)) violations.add(violation)
    }
    return [...violations]
  },
}

async function violationsOf(one: Package, root: string): Promise<string[]> {
  const violations: string[] = []
  const reached = new Set<string>()
  const union: Arrows = { imports: [], lazy: [] }
  let all = union
  for (const entry of one.entries) {
    const arrows = drawn[entry.name]
    if (arrows === undefined) {
      violations.push(`${entry.name} is an entry that the table of arrows does not know`)
      continue
    }
    all = {
      imports: [...all.imports, ...arrows.imports],
      lazy: [...(all.lazy ?? []), ...(arrows.lazy ?? [])],
    }
    for (const found of await importsReachedFrom(entry.source)) {
      reached.add(found.file)
      judge(found, entry.name, arrows)
    }
  }
  for (const file of await filesUnder(`${one.folder}/src`, /(?<!\.test|\.test-d|\.bench)\.tsx?$/)) {
    if (reached.has(file)) continue
    for (const found of await importsOf(file)) judge(found, one.name, all)
  }
  const allowed = new Set([...all.imports, ...(all.lazy ?? [])].map(packageOf))
  for (const name of Object.keys({
    ...one.manifest.dependencies,
    ...one.manifest.peerDependencies,
  })) {
    if (name.startsWith('@mizan/') && !allowed.has(name)) {
      violations.push(
        `${relative(root, one.folder)}/package.json depends on ${name}: no such arrow`,
      )
    }
  }
  return violations

  function judge(found: Import, from: string, arrows: Arrows): void {
    const { specifier, lazy } = found
    if (!specifier.startsWith('@mizan/') || packageOf(specifier) === one.name) return
    if (arrows.imports.includes(specifier)) return
    const place = `${relative(root, found.file)}:${found.line}`
    if (!arrows.lazy?.includes(specifier)) {
      violations.push(`${place}: ${from} imports ${specifier}: no such arrow`)
    } else if (!lazy) {
      violations.push(`${place}: ${from} may load ${specifier} by import() only`)
    }
  }
}
