/** `@mizan/codegen/vite`: what a page's build needs to know of Mizan. */

import type { Plugin } from 'vite'
import { devOverlay } from './vite/dev-overlay.ts'
import { findProject } from './vite/find-project.ts'
import { generateInDev } from './vite/generate-in-dev.ts'
import { serverBoundary } from './vite/server-boundary.ts'
import { standardDecorators } from './vite/standard-decorators.ts'
import { waitForServer } from './vite/wait-for-server.ts'

/** Options of {@link mizan}. */
export interface MizanVitePluginOptions {
  /**
   * The folder of mizan.config.ts.
   *
   * @default the nearest one at or above Vite's root
   */
  readonly root?: string
  /**
   * The folder of the generated files, relative to it.
   *
   * @default 'mizan'
   */
  readonly out?: string
}

/**
 * Generates in a dev server (unless `mizan dev` does), keeps server code out of client bundles, lowers standard decorators where a project uses them (Vite's own transform
 * does not), shows in the page what `mizan dev` says in the terminal, and holds proxied requests while it restarts the
 * server.
 */
export function mizan(options: MizanVitePluginOptions = {}): Plugin[] {
  const project = findProject(options)
  return [
    serverBoundary(project),
    standardDecorators(),
    generateInDev(project),
    devOverlay(project),
    waitForServer(project),
  ]
}
