/** Refuses server code in what a browser loads: as an error that says who imported it and what to import instead. */

import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { Artifact } from '@mizan/protocol'
import { normalizePath, type Plugin } from 'vite'
import type { ViteProject } from './find-project.ts'

const serverPackages = /^@mizan\/(server|db|db-[a-z]+)(\/|$)/

/** Works before anything is resolved, so that nothing of the module is read. */
export function serverBoundary(project: ViteProject): Plugin {
  const marked = markedModules(project)
  return {
    name: 'mizan:server-boundary',
    enforce: 'pre',
    configResolved(config) {
      project.settle(config.root)
    },
    async resolveId(source, importer, options) {
      if (this.environment.config.consumer !== 'client' || importer === undefined) return null
      const from = normalizePath(relative(project.root, importer.replace(/\?.*$/, '')))
      if (serverPackages.test(source)) {
        throw refusal(`${from} imports ${source}, which is server code`)
      }
      const resolved = await this.resolve(source, importer, { ...options, skipSelf: true })
      const path = resolved?.id.replace(/\?.*$/, '')
      if (path === undefined) return resolved
      const name = normalizePath(relative(project.root, path))
      if (path.startsWith(`${project.out}/server.gen.`)) {
        throw refusal(`${from} imports ${name}, the registry of the server`)
      }
      if (marked().has(path)) throw refusal(`${from} imports ${name}, which holds server functions`)
      return resolved
    },
  }
}

function refusal(problem: string): Error {
  return new Error(
    `${problem}. A page calls the server through the generated client: import the hook from react.gen, vue.gen or svelte.gen, or the call from client.gen. For types alone write "import type".`,
  )
}

/** The modules with marked functions, as the last `mizan generate` found them. */
function markedModules(project: ViteProject): () => ReadonlySet<string> {
  let known: ReadonlySet<string> = new Set()
  let readAt = 0
  return () => {
    const path = join(project.out, 'artifact.gen.json')
    const changedAt = existsSync(path) ? statSync(path).mtimeMs : 0
    if (changedAt !== readAt) {
      const { functions } = JSON.parse(readFileSync(path, 'utf8')) as Artifact // cast: a file of ours
      const modules = Object.values(functions).map((fn) => fn.source.replace(/#.*$/, ''))
      known = new Set(modules.map((module) => normalizePath(join(project.root, module))))
      readAt = changedAt
    }
    return known
  }
}
