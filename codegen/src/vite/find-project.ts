/** Where the Mizan project of a Vite build is. */

import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { normalizePath } from 'vite'
import type { MizanVitePluginOptions } from '../vite.ts'

/** The folders of a project; known when Vite has settled its configuration. */
export interface ViteProject {
  /** Told Vite's root. */
  settle(viteRoot: string): void
  /** The folder of mizan.config.ts, as Vite writes paths. */
  readonly root: string
  /** The folder of the generated files. */
  readonly out: string
}

/** The project that `options` name, or that Vite's root is in. */
export function findProject(options: MizanVitePluginOptions): ViteProject {
  let root = options.root === undefined ? undefined : resolve(options.root)
  const settled = (): string => normalizePath(root ?? process.cwd())
  return {
    settle(viteRoot) {
      root ??= nearest(viteRoot) ?? viteRoot
    },
    get root() {
      return settled()
    },
    get out() {
      return normalizePath(join(settled(), options.out ?? 'mizan'))
    },
  }
}

function nearest(folder: string): string | undefined {
  if (['ts', 'js', 'mjs'].some((end) => existsSync(join(folder, `mizan.config.${end}`))))
    return folder
  const above = dirname(folder)
  return above === folder ? undefined : nearest(above)
}
