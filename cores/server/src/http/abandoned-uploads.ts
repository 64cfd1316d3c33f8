/** What killed processes leave behind: folders of uploads that no request will release. */

import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Of a folder with uploads; the rest of its name is random. */
export const uploadPrefix: string = `mizan-upload-${process.pid}-`

/** Hours after which no request can still be reading its files. */
const longest = 24

/** Removes folders of uploads that have stood in `parent` for more than a day, whoever made them; never rejects. */
export async function removeAbandonedUploads(parent: string): Promise<void> {
  const before = Date.now() - longest * 3_600_000
  for (const name of await readdir(parent).catch(() => [])) {
    if (!/^mizan-upload-\d+-\w+$/.test(name)) continue
    const path = join(parent, name)
    const found = await stat(path).catch(() => undefined)
    if (found?.isDirectory() !== true || found.mtimeMs > before) continue
    await rm(path, { recursive: true, force: true }).catch(() => undefined)
  }
}
