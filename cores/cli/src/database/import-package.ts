/** Imports packages that only some projects install: dialects and their servers. */

import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ProjectFailure } from '../failure.ts'

/**
 * Imports `specifier` as this package sees it, or else as the project does.
 *
 * @throws ProjectFailure with the command that installs it.
 */
export async function importPackage(
  specifier: string,
  root: string,
): Promise<Readonly<Record<string, unknown>>> {
  try {
    return (await import(specifier)) as Record<string, unknown> // cast: a module namespace
  } catch (error) {
    if (!isMissing(error, specifier)) throw error
  }
  const path = resolveFrom(root, specifier)
  if (path === undefined) {
    const name = specifier.split('/').slice(0, 2).join('/')
    throw new ProjectFailure(`${name} is not installed; run: npm install ${name}`)
  }
  return (await import(pathToFileURL(path).href)) as Record<string, unknown> // cast: a module namespace
}

function resolveFrom(root: string, specifier: string): string | undefined {
  try {
    return createRequire(join(root, 'package.json')).resolve(specifier)
  } catch {
    return undefined
  }
}

/** Whether the package itself is missing, not something that it imports. */
function isMissing(error: unknown, specifier: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.includes(`'${specifier.split('/').slice(0, 2).join('/')}'`)
  )
}
