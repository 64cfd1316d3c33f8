/** Who may import whom, by entry: the picture of the architecture as a table. */

import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { importsOf, importsReachedFrom, type Import, packageOf } from '../imports.ts'
import { type Package, readWorkspace, shippedSources } from '../workspace.ts'
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
const form = ['@mizan/base/form', ...binding]
const devtools = ['@mizan/base/devtools', ...binding]

/** What each entry may import. Within a package, imports are relative. */
const drawn: Readonly<Record<string, Arrows>> = {
  '@mizan/protocol': { imports: [] },
  '@mizan/server': { imports: protocol },
  '@mizan/server/redis': { imports: protocol },
  '@mizan/server/purgers': { imports: protocol },
  '@mizan/node': { imports: server },
  '@mizan/express': { imports: backend },
  '@mizan/fastify': { imports: backend },
  '@mizan/hono': { imports: backend },
  '@mizan/db': { imports: protocol },
  '@mizan/db/edge': { imports: protocol },
  '@mizan/db/migrate': { imports: protocol },
  '@mizan/db/pg': { imports: protocol },
  '@mizan/db/sqlite': { imports: protocol },
  '@mizan/db/mysql': { imports: protocol },
  '@mizan/db/plugin': { imports: server },
  '@mizan/db/testing': { imports: protocol },
  '@mizan/db-postgres': { imports: data },
  '@mizan/db-postgres/embedded': { imports: data },
  '@mizan/db-postgres/neon': { imports: data },
  '@mizan/db-sqlite': { imports: data },
  '@mizan/db-sqlite/d1': { imports: data },
  '@mizan/db-mysql': { imports: data },
  '@mizan/codegen': { imports: protocol },
  '@mizan/codegen/vite': { imports: protocol },
  '@mizan/base': { imports: protocol },
  '@mizan/base/form': { imports: protocol },
  '@mizan/base/devtools': { imports: protocol },
  '@mizan/react': { imports: binding },
  '@mizan/react/form': { imports: form },
  '@mizan/react/devtools': { imports: devtools },
  '@mizan/react/suspense': { imports: binding },
  '@mizan/vue': { imports: binding },
  '@mizan/vue/form': { imports: form },
  '@mizan/vue/devtools': { imports: devtools },
  '@mizan/svelte': { imports: binding },
  '@mizan/svelte/form': { imports: form },
  '@mizan/svelte/devtools': { imports: devtools },
  '@mizan/svelte/kit': { imports: binding },
  '@mizan/ssr': { imports: server },
  '@mizan/ssr/worker': { imports: binding },
  '@mizan/ssr/react': { imports: binding },
  '@mizan/ssr/vue': { imports: binding },
  '@mizan/ssr/svelte': { imports: binding },
  '@mizan/edge': { imports: protocol },
  '@mizan/testing': { imports: server },
  '@mizan/testing/fixture': { imports: server },
  '@mizan/testing/conformance': { imports: protocol },
  // Stays in the workspace: it starts real servers for tests, and tests may import more.
  '@mizan/testing/resources': { imports: server, lazy: ['@mizan/db-postgres/embedded'] },
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
      for (const line of await crossedImports(one, root)) violations.add(line)
      for (const line of crossedDependencies(one, root)) violations.add(line)
    }
    return [...violations]
  },
}

async function crossedImports(one: Package, root: string): Promise<string[]> {
  const violations: (string | undefined)[] = []
  const reached = new Set<string>()
  // A schema imports nothing.
  for (const { name, source } of one.entries.filter((entry) => !entry.name.endsWith('.json'))) {
    const arrows = drawn[name]
    if (arrows === undefined) {
      violations.push(`${name} is an entry that the table of arrows does not know`)
    } else if (!existsSync(source)) {
      violations.push(`${name}: ${relative(root, source)} does not exist`)
    } else {
      for (const found of await importsReachedFrom(source)) {
        reached.add(found.file)
        violations.push(complaintAbout(found, name, arrows, root))
      }
    }
  }
  const any = allArrows(one) // what no entry reaches (a worker's main, a bin) may do what any entry may
  for (const file of await shippedSources(one)) {
    if (reached.has(file)) continue
    for (const found of await importsOf(file)) {
      violations.push(complaintAbout(found, one.name, any, root))
    }
  }
  return violations.filter((line) => line !== undefined)
}

function crossedDependencies(one: Package, root: string): string[] {
  const { imports, lazy = [] } = allArrows(one)
  const allowed = new Set([...imports, ...lazy].map(packageOf))
  const { dependencies, peerDependencies } = one.manifest
  return Object.keys({ ...dependencies, ...peerDependencies })
    .filter((name) => name.startsWith('@mizan/') && !allowed.has(name))
    .map((name) => `${relative(root, one.folder)}/package.json depends on ${name}: no such arrow`)
}

function allArrows(one: Package): Arrows {
  const arrows = one.entries.map((entry) => drawn[entry.name] ?? { imports: [] })
  return {
    imports: arrows.flatMap((entry) => entry.imports),
    lazy: arrows.flatMap((entry) => entry.lazy ?? []),
  }
}

function complaintAbout(
  { specifier, lazy, file, line }: Import,
  from: string,
  arrows: Arrows,
  root: string,
): string | undefined {
  if (!specifier.startsWith('@mizan/') || arrows.imports.includes(specifier)) return undefined
  const place = `${relative(root, file)}:${line}`
  if (packageOf(specifier) === packageOf(from)) {
    return `${place}: ${from} imports its own package by name, which hides what it reaches`
  }
  if (!arrows.lazy?.includes(specifier)) {
    return `${place}: ${from} imports ${specifier}: no such arrow`
  }
  return lazy ? undefined : `${place}: ${from} may load ${specifier} by import() only`
}
