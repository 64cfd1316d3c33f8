/** What a browser downloads holds nothing that only the server may know. */

import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { build } from 'vite'
import { importsOf } from '../imports.ts'
import { filesUnder } from '../workspace.ts'
import type { Gate } from './gate.ts'
import { svelteKitModules } from './sveltekit-modules.ts'

/** Modules by their path: server packages of the workspace and of others, and Node's own in Vite's disguise. */
const serverOnly = [
  /\/cores\/(server|db|db-[a-z]+|cli|testing)\//,
  /\/backends\//,
  /\/codegen\//,
  /\/@mizan\/(server|db|db-[a-z]+|cli|testing|node|express|fastify|hono|codegen)\//,
  /\/node_modules\/(kysely|pg|mysql2|ioredis|jose|ts-morph|express|fastify)\//,
  /__vite-browser-external/,
  /^node:/,
]

/** Builds every example that has a page, and looks at the modules that went into its chunks. */
export const clientBundlesCarryNoServerCode: Gate = {
  claim: 'client bundles carry no server code',
  async check(root) {
    const violations: string[] = []
    for (const config of await filesUnder(join(root, 'examples'), /^vite\.config\.(ts|js|mjs)$/)) {
      const folder = resolve(config, '..')
      const own = await serverModulesOf(folder)
      const isSvelteKit = existsSync(join(folder, 'src/app.html'))
      const bundled = await (isSvelteKit
        ? svelteKitModules(folder)
        : bundledModules(folder, config))
      if (bundled.size === 0) violations.push(`${relative(root, folder)}: vite built nothing`)
      for (const id of bundled) {
        if (own.has(id) || /\/server\//.test(relative(folder, `${id}/`)) || isServerOnly(id)) {
          violations.push(
            `${relative(root, folder)}: ${relative(root, id)} is in the client bundle`,
          )
        }
      }
    }
    return violations
  },
}

function isServerOnly(id: string): boolean {
  return serverOnly.some((pattern) => pattern.test(id))
}

/** The modules with code in the client's chunks, and what the chunks import from outside. */
async function bundledModules(folder: string, configFile: string): Promise<Set<string>> {
  const environment = process.env.NODE_ENV // vite sets it
  try {
    const output = await build({
      root: folder,
      configFile,
      configLoader: 'native', // so that our --conditions=@mizan/source counts for what the config imports
      logLevel: 'silent',
      build: { write: false, minify: false },
    })
    const ids = new Set<string>()
    for (const result of Array.isArray(output) ? output : [output]) {
      if (!('output' in result)) continue
      for (const chunk of result.output) {
        if (chunk.type !== 'chunk') continue
        for (const [id, module] of Object.entries(chunk.modules)) {
          if (module.renderedLength > 0) ids.add(id.replace(/^\0/, '').replace(/\?.*$/, ''))
        }
        for (const id of [...chunk.imports, ...chunk.dynamicImports]) ids.add(id)
      }
    }
    return ids
  } finally {
    if (environment === undefined) delete process.env.NODE_ENV
    else process.env.NODE_ENV = environment
  }
}

/** The modules whose functions the application serves, as its generated registry imports them. */
async function serverModulesOf(folder: string): Promise<Set<string>> {
  const modules = new Set<string>()
  for (const registry of await filesUnder(folder, /^server\.gen\.ts$/)) {
    modules.add(registry)
    for (const { specifier } of await importsOf(registry)) {
      if (!specifier.startsWith('.')) continue
      const path = resolve(registry, '..', specifier)
      modules.add(existsSync(path) ? path : path.replace(/\.js$/, '.ts'))
    }
  }
  return modules
}
