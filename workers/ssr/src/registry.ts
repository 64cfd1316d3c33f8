/** Components by the names that the server uses: one by one, from a folder, or from what a build step has gathered. */

import { readdir } from 'node:fs/promises'
import { pathToFileURL } from 'node:url'

const components = new Map<string, unknown>()

/**
 * Registers one component, before `startWorker`.
 *
 * @throws TypeError for a name that is taken
 */
export function registerComponent<Component>(name: string, component: Component): Component {
  if (components.has(name))
    throw new TypeError(`registerComponent: there are two components "${name}"`)
  components.set(name, component)
  return component
}

/** What was registered so far. */
export function registered(): Readonly<Record<string, unknown>> {
  return Object.fromEntries(components)
}

/**
 * Components of modules by path, as `import.meta.glob('./pages/*.tsx', { eager: true })` gives them: each is the default export, or the
 * export that is named as its file (`profile-page.tsx` is `ProfilePage`).
 *
 * @throws TypeError for a module that has neither, and for two of one name
 */
export function componentsFrom<Component>(
  modules: Readonly<Record<string, unknown>>,
): Record<string, Component> {
  const found = new Map<string, Component>()
  for (const [path, module] of Object.entries(modules)) {
    const name = nameOf(path)
    // cast: a module namespace
    const exports = module as Readonly<Record<string, Component | undefined>>
    const component = exports['default'] ?? exports[name]
    if (component === undefined)
      throw new TypeError(`${path} must export ${name}, or have a default export`)
    if (found.has(name)) throw new TypeError(`${path}: there are two components "${name}"`)
    found.set(name, component)
  }
  return Object.fromEntries(found)
}

/** Imports every module of `folder`, tests left out: `await loadFolder(new URL('./pages/', import.meta.url))`. */
export async function loadFolder<Component>(folder: URL): Promise<Record<string, Component>> {
  const base = folder.href.endsWith('/') ? folder : pathToFileURL(`${folder.pathname}/`)
  const names = (await readdir(base)).filter(
    (name) => /\.[cm]?[jt]sx?$/.test(name) && !/\.(test|test-d|d)\./.test(name),
  )
  const modules = await Promise.all(
    names.sort().map(async (name) => [name, await import(new URL(name, base).href)] as const),
  )
  return componentsFrom(Object.fromEntries(modules))
}

/** `./pages/profile-page.tsx` → `ProfilePage` */
function nameOf(path: string): string {
  const file = path.slice(path.lastIndexOf('/') + 1).replace(/\..*$/, '')
  return file
    .split(/[-_]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}
