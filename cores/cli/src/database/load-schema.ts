/** Loads the schema module: unlike functions, it is executed. */

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { register } from 'tsx/esm/api'
import { ProjectFailure } from '../failure.ts'
import type { LoadedConfig } from '../load-config.ts'
import { dbOf } from './db-of.ts'

/**
 * @param path Of another module than the one that the configuration names.
 * @throws ProjectFailure when it is missing or throws.
 */
export async function loadSchema(
  loaded: LoadedConfig,
  path: string = resolve(loaded.root, dbOf(loaded).schema),
): Promise<object> {
  if (!existsSync(path)) throw new ProjectFailure(`db.schema: there is no ${path}`)
  // For the whole process rather than for one import: the schema's `@mizan/db` must be ours, not a copy in a scope of its own.
  const unregister = register()
  try {
    return (await import(pathToFileURL(path).href)) as object // cast: a module namespace
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ProjectFailure(`${path} does not load: ${reason}`, { cause: error })
  } finally {
    await unregister()
  }
}
