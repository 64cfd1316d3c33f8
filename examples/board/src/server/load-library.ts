/** A page in another library as its build left it: `client/` and `server/render.js`. */

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Library } from './library-pages.ts'

/** @param dist Where both builds are. */
export async function loadLibrary(dist: string): Promise<Library> {
  // cast: the entry of such a build exports its render().
  const { render } = (await import(pathToFileURL(join(dist, 'server/render.js')).href)) as Library
  return { render, assets: join(dist, 'client') }
}
